/**
 * The structured format: items as the AWS Database Encryption SDK for DynamoDB writes them (structured-item-format, section 10).
 *
 * @module
 */
import type { AttributeValue } from '../attribute-value.ts'
import { concat, constantTimeEqual, Writer } from '../bytes.ts'
import { attribute, failingAs, ItemCryptoError, inAttribute } from '../errors.ts'
import { type CryptoAction, checked, entryOf, type Item, type ItemEncryptor, pick, withEntry } from '../item.ts'
import type { EncryptionContext } from '../materials/encryption-context.ts'
import type { Keyring } from '../materials/keyring.ts'
import { checkKept, defaultMaterialsManager, type MaterialsManager } from '../materials/materials-manager.ts'
import { type AlgorithmSuiteId, SUITES } from '../materials/suites.ts'
import type { SecretKey, StructuredPrimitives } from '../primitives.ts'
import { structuredWebCrypto } from '../webcrypto.ts'
import { canonicalPaths, compareCanonical } from './canonical-path.ts'
import { type ResolvedTable, resolveTable, signedNames, type TableConfiguration } from './configuration.ts'
import { itemContext } from './context.ts'
import { decryptFields, encryptFields, type Field, parted, storedBytes } from './fields.ts'
import { FOOTER, parseFooter, recordHash, sign, verify } from './footer.ts'
import { COMMITMENT, commit, HEADER, type HeaderVersion, MESSAGE_ID, parseHeader, RESERVED_PREFIX, serializeHeader } from './header.ts'
import { parseValue, serializeValue } from './value.ts'

/** For `structuredItemEncryptor`. */
export interface StructuredItemEncryptorOptions extends TableConfiguration {
  /** Where keys come from: this, or a materials manager. */
  readonly keyring?: Keyring
  readonly materialsManager?: MaterialsManager
  /** Of new items; `0x6701`, with signature, unless said otherwise. */
  readonly algorithmSuite?: AlgorithmSuiteId
  readonly primitives?: StructuredPrimitives
}

/** A signed attribute of an item, its value as bytes: of the plaintext or, when it is read encrypted, as stored. */
interface Attribute extends Field {
  readonly name: string
  readonly value: AttributeValue
  /** Type and content. */
  readonly bytes: Uint8Array
}

const ROOM = 64 // for a short value
const DATA_KEY = 32
const TRIES = 64 // one in some hundred needs a second

const LETTERS: Readonly<Record<Exclude<CryptoAction, 'DO_NOTHING'>, string>> = {
  ENCRYPT_AND_SIGN: 'e',
  SIGN_ONLY: 's',
  SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT: 'c',
}

/**
 * Makes an encryptor for the items of one table, in the structured format.
 *
 * What it returns from `decryptItem` was written by a holder of the data key for this table and these key attributes, and has
 * not been changed since; attributes that are allowed to be unsigned are passed on unchecked.
 *
 * @throws {@link ItemCryptoError} `CONFIGURATION` for a configuration that breaks a rule, such as an attribute that is signed
 *   and allowed to be unsigned.
 *
 * @example
 * const keyring = rawAesKeyring({ namespace: 'my keys', name: 'people', wrappingKey })
 * const actions = { default: 'ENCRYPT_AND_SIGN' } as const
 * const encryptor = structuredItemEncryptor({ tableName: 'people', partitionKey: 'id', keyring, actions })
 * const encrypted = await encryptor.encryptItem({ id: { S: '1' }, name: { S: 'Ada' } })
 */
export function structuredItemEncryptor(options: StructuredItemEncryptorOptions): ItemEncryptor {
  const { keyring, materialsManager, algorithmSuite = '0x6701', primitives: p = structuredWebCrypto } = options
  if (!keyring === !materialsManager) throw new ItemCryptoError('CONFIGURATION', 'either keyring or materialsManager is needed')
  if (!Object.hasOwn(SUITES, algorithmSuite)) throw new ItemCryptoError('CONFIGURATION', 'algorithmSuite: 0x6700 or 0x6701')
  const manager = materialsManager ?? defaultMaterialsManager(keyring!)
  const table = resolveTable(options)
  const path = canonicalPaths(table.tableName)

  /** A letter of the legend for each name. The values that are serialized are views of one memory. */
  function attributesOf(item: Item, names: readonly string[], legend: string, isStored?: boolean): Attribute[] {
    const writer = new Writer(ROOM * names.length)
    return names.map((name, i) => {
      const value = item[name]!
      const letter = legend[i]!
      const bytes = inAttribute(name, () => (isStored && letter === 'e' ? storedBytes(value) : serializeValue(value, writer)))
      return { name, value, letter, path: path(name), bytes, ...parted(bytes) }
    })
  }

  return {
    async encryptItem(item) {
      const all = pick(checked(item))
      checkPresent(all, [...table.keys, ...table.contextNames])
      const letters = lettersToSign(table, all)
      const names = [...letters.keys()].sort(compareCanonical)
      const legend = names.map((name) => letters.get(name)).join('')
      const attributes = attributesOf(all, names, legend)
      const version = legend.includes('c') ? 2 : 1
      const encryptionContext = contextOf(table, version, attributes)
      const suite = SUITES[algorithmSuite]
      const plaintextLength = attributes.reduce((sum, { letter, bytes }) => sum + (letter === 'e' ? bytes.length : 0), 0)

      // An item stores nothing of its context that its reader can make anew.
      const requiredContextKeys = Object.keys(encryptionContext)

      const materials = await failingAs('NO_MATERIALS', 'the materials manager failed', () =>
        manager.encryptionMaterials({ suite, encryptionContext: { ...encryptionContext }, requiredContextKeys, plaintextLength }, p),
      )
      checkKept(materials, encryptionContext, materials.requiredContextKeys)
      const { plaintextDataKey, encryptedDataKeys, symmetricSigningKeys, signingKey } = materials
      if (symmetricSigningKeys.length !== encryptedDataKeys.length || !signingKey !== !suite.signatureCurve) throw unfit()
      const dataKey = await dataKeyOf(p, plaintextDataKey)
      const stored = pick(materials.encryptionContext, (name) => !materials.requiredContextKeys.includes(name))

      // Every message id gives another record to sign: what a signature does not fit, the next one's will.
      for (let i = 0; i < TRIES; i++) {
        const messageId = p.randomBytes(MESSAGE_ID)
        const head = serializeHeader({ version, suite: algorithmSuite, messageId, legend, encryptionContext: stored, encryptedDataKeys })
        const [commitment, fields] = await Promise.all([
          commit(p, dataKey, messageId, head),
          encryptFields(p, dataKey, messageId, attributes),
        ])
        const header = concat(head, commitment)
        const footer = await sign(p, materials, await recordHash(p, header, materials.encryptionContext, fields))
        if (!footer) continue
        for (const { name, letter, content, type } of fields) if (letter === 'e') all[name] = { B: concat(type, content) }
        return withEntry(withEntry(all, HEADER, { B: header }), FOOTER, { B: footer })
      }
      throw new ItemCryptoError('UNSUPPORTED', 'no ECDSA signature fits')
    },

    async decryptItem(item) {
      const all = pick(checked(item), (name) => !name.startsWith(RESERVED_PREFIX))
      checkPresent(all, table.keys)
      const head = partOf(item, HEADER)
      const foot = partOf(item, FOOTER)
      const header = parseHeader(head)
      const { version, messageId, encryptedDataKeys } = header
      const suite = SUITES[header.suite]
      const footer = parseFooter(foot, encryptedDataKeys.length, suite.signatureCurve !== undefined)
      const attributes = attributesOf(all, namesSigned(table, all, header.legend), header.legend, true)
      const reproducedContext = contextOf(table, version, attributes)

      const materials = await failingAs('NO_MATERIALS', 'the materials manager failed', () =>
        manager.decryptionMaterials({ suite, encryptedDataKeys, encryptionContext: header.encryptionContext, reproducedContext }, p),
      )
      checkKept(materials, reproducedContext)
      const { plaintextDataKey, symmetricSigningKey, verificationKey } = materials
      if (!symmetricSigningKey || !verificationKey !== !suite.signatureCurve) throw unfit()
      const dataKey = await dataKeyOf(p, plaintextDataKey)

      const [commitment, verified] = await Promise.all([
        commit(p, dataKey, messageId, head.subarray(0, -COMMITMENT)),
        recordHash(p, head, materials.encryptionContext, attributes).then((hash) => verify(p, materials, hash, footer)),
      ])
      if (!constantTimeEqual(commitment, header.commitment) || !verified)
        throw new ItemCryptoError('NOT_AUTHENTIC', 'the header or footer is not of this item')

      for (const { name, letter, content, type } of await decryptFields(p, dataKey, messageId, attributes))
        if (letter === 'e') all[name] = inAttribute(name, () => parseValue(type, content))
      return all
    },
  }
}

/** The letters of the attributes that a new item's footer is to sign, by name. */
function lettersToSign(table: ResolvedTable, item: Item): Map<string, string> {
  const undecided: string[] = []
  const letters = new Map<string, string>()
  for (const name of Object.keys(item)) {
    if (name.startsWith(RESERVED_PREFIX))
      // no signature covers them, and no reader gives them out
      throw new ItemCryptoError('CONFIGURATION', `${attribute(name)} is reserved: is the item encrypted already?`)
    const action = table.actionOf(name)
    if (action === undefined) undecided.push(name)
    else if (action !== 'DO_NOTHING') letters.set(name, LETTERS[action])
  }
  if (undecided.length > 0)
    throw new ItemCryptoError(
      'CONFIGURATION',
      `no crypto action configured for ${undecided.map((name) => JSON.stringify(name)).join(', ')}`,
    )
  return letters
}

/** The names of the attributes that an item's footer signs, as the configuration says which and the legend how. */
function namesSigned(table: ResolvedTable, item: Item, legend: string): string[] {
  const names = signedNames(table, item)
  if (names.length !== legend.length) {
    const change = legend.length > names.length ? 'signed is now unsigned' : 'unsigned is now signed'
    throw new ItemCryptoError('NOT_AUTHENTIC', `schema changed: something that was ${change}`)
  }
  return names
}

function contextOf(table: ResolvedTable, version: HeaderVersion, attributes: readonly Attribute[]): EncryptionContext {
  // A key is in the context whatever its letter: an item of version 2 without it is none that a peer writes, or reads.
  const included = attributes.filter(({ name, letter }) => table.keys.includes(name) || (version === 2 && letter === 'c'))
  return itemContext(table, version, included)
}

/** Without these an item has no encryption context. */
function checkPresent(item: Item, names: readonly string[]): void {
  for (const name of names) if (!entryOf(item, name)) throw new ItemCryptoError('MALFORMED', `item without its ${attribute(name)}`)
}

function partOf(item: Item, name: string): Uint8Array {
  const value = entryOf(item, name)
  if (value === undefined) throw new ItemCryptoError('NOT_AUTHENTIC', `item without ${name}: not encrypted?`)
  return inAttribute(name, () => storedBytes(value))
}

async function dataKeyOf(p: StructuredPrimitives, plaintextDataKey: SecretKey | undefined): Promise<SecretKey> {
  const isRaw = plaintextDataKey instanceof Uint8Array
  if (!plaintextDataKey || (isRaw ? plaintextDataKey.length !== DATA_KEY : !plaintextDataKey.type)) throw unfit()
  return isRaw ? p.importKey('HKDF', plaintextDataKey) : plaintextDataKey
}

function unfit(): ItemCryptoError {
  return new ItemCryptoError('NO_MATERIALS', 'the materials manager gave unfit materials')
}
