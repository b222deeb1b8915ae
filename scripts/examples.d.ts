// What examples take for granted (`check-examples.mjs`): of the reader's own, and of packages that are not ours. A block that
// imports or declares a name has its own.

declare const wrappingKey: Uint8Array
declare const encryptionKey: Uint8Array
declare const signingKey: Uint8Array
declare const verificationKey: Uint8Array
declare const publicKey: Uint8Array
declare const privateKey: Uint8Array
declare const signer: import('@itemseal/core').Signer
declare const verifier: import('@itemseal/core').Verifier

declare const item: import('@itemseal/core').Item
declare const actions: import('@itemseal/core').AttributeActions
declare const encryptor: import('@itemseal/core').ItemEncryptor
declare const provider: import('@itemseal/core/classic').MaterialsProvider
declare const storeProvider: import('@itemseal/core/classic').MaterialsProvider
declare const keyring: import('@itemseal/core/materials').Keyring
declare const options: import('@itemseal/core/structured').StructuredItemEncryptorOptions
declare const classicOptions: import('@itemseal/core/classic').ClassicItemEncryptorOptions
declare const tableOptions: import('@itemseal/dynamodb/structured').StructuredTableOptions
declare const tables: import('@itemseal/dynamodb').ItemEncryptionOptions['tables']
declare const decryptor: import('@itemseal/dynamodb/streams').StreamDecryptor & import('@itemseal/dynamodb/streams').ExportDecryptor

declare const region: string
declare const accessKeyId: string
declare const secretAccessKey: string
declare const credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
declare const kmsKeyArn: string

/** What the reader does with what comes out. */
declare function index(...seen: unknown[]): Promise<void>
declare const duration: { record(milliseconds: number, attributes: object): void }
declare const latency: typeof duration

declare const client: import('@aws-sdk/client-dynamodb').DynamoDBClient
declare const DynamoDBClient: typeof import('@aws-sdk/client-dynamodb').DynamoDBClient
declare const DescribeTableCommand: typeof import('@aws-sdk/client-dynamodb').DescribeTableCommand
declare const PutItemCommand: typeof import('@aws-sdk/client-dynamodb').PutItemCommand
type BatchWriteItemInput = import('@aws-sdk/client-dynamodb').BatchWriteItemInput
declare const KMSClient: typeof import('@aws-sdk/client-kms').KMSClient

// Not installed here: as much of them as is used.
declare module 'aws-lambda' {
  export interface DynamoDBStreamEvent {
    Records: (import('@itemseal/dynamodb/streams').StreamRecord & { eventName?: 'INSERT' | 'MODIFY' | 'REMOVE' })[]
  }
}
type DynamoDBStreamEvent = import('aws-lambda').DynamoDBStreamEvent
declare const s3: { send(command: object): Promise<{ Body?: { transformToWebStream(): ReadableStream<Uint8Array<ArrayBuffer>> } }> }
declare const GetObjectCommand: new (input: { Bucket: string; Key: string }) => object
declare const Bucket: string
declare const Key: string
declare module '@opentelemetry/api' {
  export const metrics: {
    getMeter(name: string): {
      createHistogram(name: string, options: { unit: string }): { record(value: number, attributes: Record<string, unknown>): void }
    }
  }
  export const trace: {
    getActiveSpan():
      | { addEvent(name: string, attributes: Record<string, string | number | boolean | string[] | undefined>): void }
      | undefined
  }
}
