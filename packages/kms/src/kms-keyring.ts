/**
 * Data keys under one KMS key that is known (materials-and-keyrings, 2.5 and 2.6).
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'
import { firstOpened, type Keyring } from '@itemseal/core/materials'
import { checkKmsIdentifier, isSameKey, parseKmsKeyArn, regionOf } from './arn.ts'
import type { Kms } from './client.ts'
import { clientNeeded, type KmsFor } from './client-supplier.ts'
import { addKmsDataKey, checkGrantTokens, type KmsCandidate, type KmsKey, kmsCandidates, openKmsDataKey } from './data-key.ts'

/** For `kmsKeyring` and `kmsMrkKeyring`. */
export interface KmsKeyringOptions {
  /** The ARN of a key. An alias or an id will do for who only writes: what is stored is the ARN. */
  readonly keyId: string
  /** Of the key's Region, or who gives it. */
  readonly client: KmsFor<Kms>
  /** Up to ten. */
  readonly grantTokens?: readonly string[]
}

/**
 * Writes and reads with one key. Each item costs a call of KMS; a hierarchical keyring or a caching materials manager saves most of them.
 *
 * @throws `CONFIGURATION` for what names no key, a Region without client, or more grant tokens than KMS takes.
 *
 * @example
 * const keyring = kmsKeyring({ keyId: 'arn:aws:kms:eu-west-1:111122223333:key/…', client: fetchKmsClient({ region: 'eu-west-1', credentials }) })
 */
export function kmsKeyring(options: KmsKeyringOptions): Keyring {
  return strictKeyring('KMS keyring', options, (configured, { text }) => text === configured)
}

/** As `kmsKeyring`, and reads what was written with the same multi-Region key in another Region, without going there. */
export function kmsMrkKeyring(options: KmsKeyringOptions): Keyring {
  return strictKeyring('KMS MRK keyring', options, (configured, { text }) => isSameKey(configured, text))
}

function strictKeyring(
  who: string,
  options: KmsKeyringOptions,
  matches: (configured: string, candidate: KmsCandidate) => boolean,
): Keyring {
  const keyId = checkKmsIdentifier(options.keyId, 'keyId')
  const client = clientNeeded(options.client, regionOf(keyId))
  const key: KmsKey<Kms> = { keyId, client, grantTokens: checkGrantTokens(options.grantTokens) }
  const readable = parseKmsKeyArn(keyId) !== undefined

  return {
    onEncrypt: (materials, p) => addKmsDataKey(materials, p, key),

    async onDecrypt(materials, keys, p) {
      if (!readable) throw new ItemCryptoError('CONFIGURATION', `${who}: reading needs the ARN of a key, not an alias or an id`)
      return firstOpened(who, materials, kmsCandidates(keys), (candidate) =>
        matches(keyId, candidate) ? openKmsDataKey(materials, p, candidate.edk, key) : undefined,
      )
    },
  }
}
