/**
 * The formats with their keys in KMS, and a KMS in this process that tells what it was asked.
 *
 * @module
 */

import { classicTable } from '@itemseal/dynamodb/classic'
import { structuredTable } from '@itemseal/dynamodb/structured'
import { fetchKmsClient, type Kms, kmsKeyring } from '@itemseal/kms'
import { directKmsProvider } from '@itemseal/kms/classic'
import { startLocalKms } from '@itemseal/local-kms'
import { FORMATS, type Format, type FormatName } from './formats.ts'

export interface DemoKms {
  readonly endpoint: string
  readonly keyId: string
  readonly client: Kms
  /** Each operation with the number of its calls, and what the last call was shown to bind the key to. */
  asked(): readonly (readonly [string, string])[]
  disableKey(): void
  close(): Promise<void>
}

export async function startDemoKms(): Promise<DemoKms> {
  let context: object = {}
  const kms = await startLocalKms({
    keys: [{}],
    onRequest: ({ body }) => {
      context = body.EncryptionContext ?? {}
    },
  })
  const [key] = kms.keys
  return {
    endpoint: kms.endpoint,
    keyId: key!.arn, // made just now
    client: fetchKmsClient({ region: 'us-east-1', endpoint: kms.endpoint, credentials: kms.credentials }),
    asked: () => [
      ...['GenerateDataKey', 'Decrypt'].map((operation) => [operation, calls(kms.calls(operation))] as const),
      ['shown', `${Object.keys(context).join(', ')}: a key opens for these alone`],
    ],
    disableKey: () => key!.disable(),
    close: () => kms.close(),
  }
}

/** As `FORMATS` has it, but for the keys. */
export function formatUnderKms(name: FormatName, { keyId, client }: Pick<DemoKms, 'keyId' | 'client'>): Format {
  if (name === 'classic') {
    return {
      ...FORMATS.classic,
      code: `classicTable({
  partitionKey: 'partition_key', sortKey: 'sort_key',
  provider: directKmsProvider({ keyId, client }),
  actions: { default: 'ENCRYPT_AND_SIGN', attributes: { test: 'DO_NOTHING' } },
})`,
      table: () =>
        classicTable({
          partitionKey: 'partition_key',
          sortKey: 'sort_key',
          provider: directKmsProvider({ keyId, client }),
          actions: { default: 'ENCRYPT_AND_SIGN', attributes: { test: 'DO_NOTHING' } },
        }),
    }
  }
  return {
    ...FORMATS.structured,
    code: `structuredTable({
  partitionKey: 'partition_key', sortKey: 'sort_key',
  keyring: kmsKeyring({ keyId, client }),
  actions: { default: 'ENCRYPT_AND_SIGN', attributes: { test: 'DO_NOTHING' } },
  allowedUnsignedAttributes: ['test'],
})`,
    table: () =>
      structuredTable({
        partitionKey: 'partition_key',
        sortKey: 'sort_key',
        keyring: kmsKeyring({ keyId, client }),
        actions: { default: 'ENCRYPT_AND_SIGN', attributes: { test: 'DO_NOTHING' } },
        allowedUnsignedAttributes: ['test'],
      }),
  }
}

function calls(count: number): string {
  return count === 1 ? '1 call' : `${count} calls`
}
