/**
 * Moving a table from one form to another while it is in use: writes one, reads several (structured-item-format, 10.3, 10.4).
 *
 * @module
 */
import { ItemCryptoError } from './errors.ts'
import { checked, entryOf, type Item, type ItemEncryptor, pick } from './item.ts'

/** What happens with items of the classic format; a migration goes through the three in this order. */
export type LegacyPolicy =
  | 'FORCE_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT'
  | 'FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT'
  | 'FORBID_LEGACY_ENCRYPT_FORBID_LEGACY_DECRYPT'

/** What happens with items that are not encrypted; a migration goes through the three in this order. */
export type PlaintextPolicy =
  | 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ'
  | 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ'
  | 'FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ'

/** For `migratingEncryptor`. */
export interface MigratingEncryptorOptions {
  /** Of the format to move to: writes, unless a policy forces another form, and reads everything else. */
  readonly encryptor: ItemEncryptor
  readonly legacyOverride?: {
    readonly policy: LegacyPolicy
    /** Of the classic format, for the same table and keys. */
    readonly encryptor: ItemEncryptor
    /** The names of its two reserved attributes, if they are others than usual: an item is legacy if it has both. */
    readonly signatureFieldName?: string
    readonly materialDescriptionFieldName?: string
  }
  /** Without it: `FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ`. Not beside a legacy override. */
  readonly plaintextOverride?: PlaintextPolicy
}

const LEGACY: Readonly<Record<LegacyPolicy, { readonly writes: boolean; readonly reads: boolean }>> = {
  FORCE_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT: { writes: true, reads: true },
  FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT: { writes: false, reads: true },
  FORBID_LEGACY_ENCRYPT_FORBID_LEGACY_DECRYPT: { writes: false, reads: false },
}
const PLAINTEXT: Readonly<Record<PlaintextPolicy, { readonly writes: boolean; readonly reads: boolean }>> = {
  FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ: { writes: true, reads: true },
  FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ: { writes: false, reads: true },
  FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ: { writes: false, reads: false },
}
const STRUCTURED = ['aws_dbe_head', 'aws_dbe_foot']

/**
 * Makes an encryptor that writes one form of items and reads several. Which form an item has is told by its reserved
 * attributes; what it then is, its own encryptor verifies. While plaintext may be read, whoever writes to the table can pass
 * off any item without reserved attributes as yours.
 *
 * @throws `CONFIGURATION` for both overrides at once, or an unknown policy. Reading throws `UNSUPPORTED` for a legacy item
 *   that the policy forbids, or that comes where only plaintext is expected beside the new format: the peers would give it
 *   out still encrypted.
 *
 * @example
 * const encryptor = migratingEncryptor({
 *   encryptor: structuredItemEncryptor(options),
 *   legacyOverride: { policy: 'FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT', encryptor: classicItemEncryptor(classicOptions) },
 * })
 */
export function migratingEncryptor({ encryptor, legacyOverride, plaintextOverride }: MigratingEncryptorOptions): ItemEncryptor {
  if (legacyOverride && plaintextOverride)
    throw new ItemCryptoError('CONFIGURATION', 'legacyOverride and plaintextOverride exclude each other')
  const legacy = policyOf(LEGACY, legacyOverride?.policy ?? 'FORBID_LEGACY_ENCRYPT_FORBID_LEGACY_DECRYPT', 'legacyOverride.policy')
  const plaintext = policyOf(PLAINTEXT, plaintextOverride ?? 'FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ', 'plaintextOverride')
  const { signatureFieldName = '*amzn-ddb-map-sig*', materialDescriptionFieldName = '*amzn-ddb-map-desc*' } = legacyOverride ?? {}
  const hasAll = (item: Item, names: readonly string[]) => names.every((name) => entryOf(item, name) !== undefined)

  return {
    async encryptItem(item) {
      if (plaintext.writes) return pick(checked(item))
      return legacyOverride && legacy.writes ? legacyOverride.encryptor.encryptItem(item) : encryptor.encryptItem(item)
    },
    async decryptItem(item) {
      if (hasAll(checked(item), [signatureFieldName, materialDescriptionFieldName]) && (legacyOverride || plaintext.reads)) {
        if (legacyOverride && legacy.reads) return legacyOverride.encryptor.decryptItem(item)
        throw new ItemCryptoError('UNSUPPORTED', 'an item of the classic format, and the legacy policy does not support decrypt')
      }
      if (plaintext.reads && STRUCTURED.every((name) => entryOf(item, name) === undefined)) return pick(item)
      return encryptor.decryptItem(item)
    },
  }
}

function policyOf<T extends string, U>(policies: Readonly<Record<T, U>>, policy: T, title: string): U {
  if (Object.hasOwn(policies, policy)) return policies[policy]
  throw new ItemCryptoError('CONFIGURATION', `${title}: one of ${Object.keys(policies).join(', ')}`)
}
