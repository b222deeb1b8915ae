/**
 * Encryptors of each format. Nothing here needs Node: the runtimes measure with them too.
 *
 * @module
 */
import { hmacSigner, type ItemEncryptor, type Primitives } from '@itemseal/core'
import { classicItemEncryptor, staticProvider } from '@itemseal/core/classic'
import { cachingMaterialsManager, defaultMaterialsManager, rawAesKeyring } from '@itemseal/core/materials'
import { structuredItemEncryptor } from '@itemseal/core/structured'

/** Raw keys, published here: good for nothing else. */
export const KEYS: Readonly<Record<'encryption' | 'signing' | 'wrapping', Uint8Array>> = {
  encryption: range(1),
  signing: range(65),
  wrapping: range(129),
}
export const TABLE = 'bench'

const HOUR = 3_600_000

/** By name: an encryptor of that format over a provider. */
export const FORMATS: Readonly<Record<string, (primitives: Primitives) => ItemEncryptor>> = {
  classic: (primitives) =>
    classicItemEncryptor({
      tableName: TABLE,
      partitionKey: 'pk',
      sortKey: 'sk',
      provider: staticProvider({ encryptionKey: KEYS.encryption, signer: hmacSigner('HmacSHA256', KEYS.signing) }),
      primitives,
    }),
  '0x6700': (primitives) => structured('0x6700', primitives),
  '0x6701': (primitives) => structured('0x6701', primitives),
  /** The same item again and again: what the manager saves when it is written, or read, a second time. */
  '0x6701 cached': (primitives) => structured('0x6701', primitives, true),
}

function structured(algorithmSuite: '0x6700' | '0x6701', primitives: Primitives, cached = false): ItemEncryptor {
  const keyring = rawAesKeyring({ namespace: 'bench', name: 'a key', wrappingKey: KEYS.wrapping })
  const keys = cached
    ? { materialsManager: cachingMaterialsManager({ manager: defaultMaterialsManager(keyring), maxAge: HOUR }) }
    : { keyring }
  const actions = { default: 'ENCRYPT_AND_SIGN' } as const
  return structuredItemEncryptor({ tableName: TABLE, partitionKey: 'pk', sortKey: 'sk', actions, algorithmSuite, primitives, ...keys })
}

function range(first: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => first + i)
}
