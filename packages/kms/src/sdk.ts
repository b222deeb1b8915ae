/**
 * KMS through the AWS SDK for JavaScript, version 3.
 *
 * @module
 */
import {
  DecryptCommand,
  DeriveSharedSecretCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GetPublicKeyCommand,
  type KMSClient,
  ReEncryptCommand,
} from '@aws-sdk/client-kms'
import { ItemCryptoError } from '@itemseal/core'
import type { KmsCallOptions, KmsClient } from './client.ts'
import { withDeadline } from './deadline.ts'
import { kmsFailure } from './failure.ts'
import { turns } from './turns.ts'

/** For `sdkKmsClient`. */
export interface SdkKmsClientOptions {
  /** Calls off all that is under way, and all that follows. */
  readonly signal?: AbortSignal
  /** For a call with all its attempts. By default 30 seconds. */
  readonly timeoutMs?: number
  /** Calls under way at once; others wait for their turn, and their time has not begun. By default 50. */
  readonly maxConcurrent?: number
}

/**
 * Region, endpoint, credentials and attempts are the client's own. Every failure is a `NO_MATERIALS` with a `KmsError` as `cause`.
 *
 * @throws `CONFIGURATION` for a time limit that is not positive, or no call at once.
 *
 * @example
 * const client = sdkKmsClient(new KMSClient({ region: 'eu-west-1' }))
 */
export function sdkKmsClient(client: Pick<KMSClient, 'send'>, options: SdkKmsClientOptions = {}): KmsClient {
  const { signal, timeoutMs = 30_000, maxConcurrent = 50 } = options
  if (!(timeoutMs > 0)) throw new ItemCryptoError('CONFIGURATION', 'KMS client: timeoutMs is a number above zero')
  const inTurn = turns(maxConcurrent)
  const call = async <T>(operation: string, { signal: own }: KmsCallOptions = {}, send: (abortSignal: AbortSignal) => Promise<T>) => {
    const signals = [signal, own]
    try {
      return await inTurn(signals, () => withDeadline({ timeoutMs, signals }, send))
    } catch (error) {
      throw kmsFailure(operation, error)
    }
  }

  return {
    decrypt: (input, own) => call('Decrypt', own, (abortSignal) => client.send(new DecryptCommand(mutable(input)), { abortSignal })),
    encrypt: (input, own) => call('Encrypt', own, (abortSignal) => client.send(new EncryptCommand(mutable(input)), { abortSignal })),
    generateDataKey: (input, own) =>
      call('GenerateDataKey', own, (abortSignal) => client.send(new GenerateDataKeyCommand(mutable(input)), { abortSignal })),
    generateDataKeyWithoutPlaintext: (input, own) =>
      call('GenerateDataKeyWithoutPlaintext', own, (abortSignal) =>
        client.send(new GenerateDataKeyWithoutPlaintextCommand(mutable(input)), { abortSignal }),
      ),
    reEncrypt: (input, own) => call('ReEncrypt', own, (abortSignal) => client.send(new ReEncryptCommand(mutable(input)), { abortSignal })),
    getPublicKey: (input, own) =>
      call('GetPublicKey', own, (abortSignal) => client.send(new GetPublicKeyCommand(mutable(input)), { abortSignal })),
    deriveSharedSecret: (input, own) =>
      call('DeriveSharedSecret', own, (abortSignal) => client.send(new DeriveSharedSecretCommand(mutable(input)), { abortSignal })),
  }
}

/** The SDK's types want an array that could be written to. */
function mutable<T extends { readonly GrantTokens?: readonly string[] }>(input: T): Omit<T, 'GrantTokens'> & { GrantTokens?: string[] } {
  const { GrantTokens, ...rest } = input
  return { ...rest, ...(GrantTokens && { GrantTokens: [...GrantTokens] }) }
}
