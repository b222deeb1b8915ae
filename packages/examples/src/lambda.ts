/** A Lambda handler behind a DynamoDB stream of an encrypted table: decrypts the new images, with the function's own role. */
import { type Item, itemFromJson } from '@itemseal/core'
import { structuredItemEncryptor } from '@itemseal/core/structured'
import { fetchKmsClient, kmsKeyring } from '@itemseal/kms'
import { nodeCrypto } from '@itemseal/node'

export interface StreamEvent {
  readonly Records: readonly { readonly eventID: string; readonly dynamodb: { readonly NewImage?: unknown } }[]
}

/** Lambda gives these. `KMS_ENDPOINT` is for tests. */
const {
  AWS_REGION = '',
  AWS_ACCESS_KEY_ID = '',
  AWS_SECRET_ACCESS_KEY = '',
  AWS_SESSION_TOKEN,
  KMS_KEY_ARN = '',
  KMS_ENDPOINT,
} = process.env

const client = fetchKmsClient({
  region: AWS_REGION,
  credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN },
  ...(KMS_ENDPOINT !== undefined && { endpoint: KMS_ENDPOINT }),
})
const people = structuredItemEncryptor({
  tableName: 'people',
  partitionKey: 'id',
  actions: { default: 'ENCRYPT_AND_SIGN' },
  keyring: kmsKeyring({ keyId: KMS_KEY_ARN, client }),
  primitives: nodeCrypto,
})

/** An item that does not decrypt is named to Lambda, which sends it again; the others are done. */
export async function handler({ Records }: StreamEvent): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  const done = await Promise.allSettled(
    Records.filter(({ dynamodb }) => dynamodb.NewImage !== undefined).map(async ({ eventID, dynamodb }) => {
      try {
        await use(await people.decryptItem(itemFromJson(dynamodb.NewImage)))
      } catch {
        throw eventID // no error is logged here that could say more than that
      }
    }),
  )
  return { batchItemFailures: done.flatMap((one) => (one.status === 'rejected' ? [{ itemIdentifier: String(one.reason) }] : [])) }
}

/** What your function does with an item. */
async function use(item: Item): Promise<void> {
  console.log('a change of', Object.keys(item).sort().join(' '))
}
