/**
 * The structured format: items as the AWS Database Encryption SDK for DynamoDB writes them (structured-item-format, section 10).
 *
 * @module
 */
import { type AttributeValue, typed } from '../attribute-value.ts'
import { concat, constantTimeEqual } from '../bytes.ts'
import { ItemCryptoError, inAttribute } from '../errors.ts'
import { attributeOf, attributesOf, type CryptoAction, type Item, type ItemEncryptor } from '../item.ts'
import { type EncryptionContext, pick } from '../materials/encryption-context.ts'
import type { Keyring } from '../materials/keyring.ts'
import { checkKept, defaultMaterialsManager, type MaterialsManager } from '../materials/materials-manager.ts'
import { type AlgorithmSuiteId, SUITES } from '../materials/suites.ts'
import type { MaybePromise, SecretKey, StructuredPrimitives } from '../primitives.ts'
import { structuredWebCrypto } from '../webcrypto.ts'
import { canonicalPaths, compareCanonical } from './canonical-path.ts'
import { type ResolvedTable, resolveTable, type TableConfiguration } from './configuration.ts'
import { itemContext } from './context.ts'
import { decryptFields, encryptFields, storedBytes } from './fields.ts'
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
interface Attribute {
  readonly name: string
  readonly value: AttributeValue
  readonly letter: Letter
  readonly bytes: Uint8Array
}

type Letter = 'e' | 's' | 'c'

const LETTERS: Readonly<Record<Exclude<CryptoAction, 'DO_NOTHING'>, Letter>> = {
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
  if ((keyring === undefined) === (materialsManager === undefined))
    throw new ItemCryptoError('CONFIGURATION', 'either keyring or materialsManager is needed')
  if (!Object.hasOwn(SUITES, algorithmSuite)) throw new ItemCryptoError('CONFIGURATION', 'algorithmSuite: 0x6700 or 0x6701')
  const manager = materialsManager ?? defaultMaterialsManager(keyring!)
  const table = resolveTable(options)
  const path = canonicalPaths(table.tableName)
  const fieldOf = ({ name, bytes, letter }: Attribute) => ({ path: path(name), bytes, encrypted: letter === 'e' })

  return {
    async encryptItem(item) {
      const all = attributesOf(item)
      checkPresent(item, table.keys, 'key attribute')
      checkPresent(item, table.contextNames, 'attribute of the encryption context')
      const attributes = attributesToSign(table, all)
      const messageId = p.randomBytes(MESSAGE_ID)
      const secret = attributes.filter(({ letter }) => letter === 'e')
      const version = attributes.some(({ letter }) => letter === 'c') ? 2 : 1
      const encryptionContext = contextOf(table, version, attributes)
      const suite = SUITES[algorithmSuite]
      const plaintextLength = secret.reduce((sum, { bytes }) => sum + bytes.length, 0)

      // An item stores nothing of its context that its reader can make anew.
      const requiredContextKeys = Object.keys(encryptionContext)

      const materials = await fromManager(() =>
        manager.encryptionMaterials({ suite, encryptionContext, requiredContextKeys, plaintextLength }, p),
      )
      checkKept(materials, encryptionContext, materials.requiredContextKeys)
      const { plaintextDataKey, encryptedDataKeys, symmetricSigningKeys, signingKey } = materials
      if (symmetricSigningKeys.length !== encryptedDataKeys.length || (signingKey === undefined) !== (suite.signatureCurve === undefined))
        throw unfit()
      const dataKey = await dataKeyOf(p, plaintextDataKey)

      const stored = pick(materials.encryptionContext, (name) => !materials.requiredContextKeys.includes(name))
      const legend = attributes.map(({ letter }) => letter).join('')
      const head = serializeHeader({ version, suite: algorithmSuite, messageId, legend, encryptionContext: stored, encryptedDataKeys })
      const [commitment, ciphertexts] = await Promise.all([
        commit(p, dataKey, messageId, head),
        encryptFields(p, dataKey, messageId, secret.map(fieldOf)),
      ])
      const header = concat(head, commitment)
      const encrypted = new Map(secret.map(({ name }, i) => [name, ciphertexts[i]!]))
      const fields = attributes.map((attribute) => fieldOf({ ...attribute, bytes: encrypted.get(attribute.name) ?? attribute.bytes }))
      const footer = await sign(p, materials, await recordHash(p, header, materials.encryptionContext, fields))

      return Object.fromEntries<AttributeValue>([
        ...all.map(([name, value]): [string, AttributeValue] => [name, encrypted.has(name) ? { B: encrypted.get(name)! } : value]),
        [HEADER, { B: header }],
        [FOOTER, { B: footer }],
      ])
    },

    async decryptItem(item) {
      const all = attributesOf(item)
      checkPresent(item, table.keys, 'key attribute')
      const head = partOf(item, HEADER)
      const foot = partOf(item, FOOTER)
      const header = parseHeader(head)
      const { version, messageId, encryptedDataKeys } = header
      const suite = SUITES[header.suite]
      const footer = parseFooter(foot, encryptedDataKeys.length, suite.signatureCurve !== undefined)
      const attributes = attributesSigned(table, all, header.legend)
      const reproducedContext = contextOf(table, version, attributes)

      const materials = await fromManager(() =>
        manager.decryptionMaterials({ suite, encryptedDataKeys, encryptionContext: header.encryptionContext, reproducedContext }, p),
      )
      checkKept(materials, reproducedContext)
      const { plaintextDataKey, symmetricSigningKey, verificationKey } = materials
      if (symmetricSigningKey === undefined || (verificationKey === undefined) !== (suite.signatureCurve === undefined)) throw unfit()
      const dataKey = await dataKeyOf(p, plaintextDataKey)

      const fields = attributes.map(fieldOf)
      const [commitment, verified] = await Promise.all([
        commit(p, dataKey, messageId, head.subarray(0, -COMMITMENT)),
        recordHash(p, head, materials.encryptionContext, fields).then((hash) => verify(p, materials, hash, footer)),
      ])
      if (!constantTimeEqual(commitment, header.commitment) || !verified)
        throw new ItemCryptoError('NOT_AUTHENTIC', 'the header or footer is not of this item')

      const secret = attributes.filter(({ letter }) => letter === 'e')
      const plaintexts = await decryptFields(p, dataKey, messageId, secret.map(fieldOf))
      const decrypted = new Map(secret.map(({ name }, i) => [name, inAttribute(name, () => parseValue(plaintexts[i]!))]))
      return Object.fromEntries(
        all.flatMap(([name, value]) => (name.startsWith(RESERVED_PREFIX) ? [] : [[name, decrypted.get(name) ?? value]])),
      )
    },
  }
}

/** The attributes that a new item's footer is to sign, in canonical order. */
function attributesToSign(table: ResolvedTable, all: readonly [string, AttributeValue][]): Attribute[] {
  const undecided: string[] = []
  const attributes: Attribute[] = []
  for (const [name, value] of all) {
    if (name.startsWith(RESERVED_PREFIX))
      // no signature covers them, and no reader gives them out
      throw new ItemCryptoError('CONFIGURATION', `attribute ${JSON.stringify(name)} is reserved: is the item encrypted already?`)
    const action = table.actionOf(name)
    if (action === undefined) undecided.push(name)
    else if (action !== 'DO_NOTHING')
      attributes.push({ name, value, letter: LETTERS[action], bytes: inAttribute(name, () => serializeValue(value)) })
  }
  if (undecided.length > 0)
    throw new ItemCryptoError(
      'CONFIGURATION',
      `no crypto action configured for ${undecided.map((name) => JSON.stringify(name)).join(', ')}`,
    )
  return attributes.sort((a, b) => compareCanonical(a.name, b.name))
}

/** The attributes that an item's footer signs, as the configuration says which and the legend how. */
function attributesSigned(table: ResolvedTable, all: readonly [string, AttributeValue][], legend: string): Attribute[] {
  const signed = all.filter(([name]) => !table.isUnsigned(name)).sort(([a], [b]) => compareCanonical(a, b))
  if (signed.length !== legend.length) {
    const change = legend.length > signed.length ? 'signed is now unsigned' : 'unsigned is now signed'
    throw new ItemCryptoError('NOT_AUTHENTIC', `schema changed: something that was ${change}`)
  }
  return signed.map(([name, value], i) => {
    const letter = legend[i] as Letter // the parser has seen to that
    return { name, value, letter, bytes: inAttribute(name, () => (letter === 'e' ? storedBytes(value) : serializeValue(value))) }
  })
}

function contextOf(table: ResolvedTable, version: HeaderVersion, attributes: readonly Attribute[]): EncryptionContext {
  // A key is in the context whatever its letter: an item of version 2 without it is none that a peer writes, or reads.
  const included = attributes.filter(({ name, letter }) => table.keys.includes(name) || (version === 2 && letter === 'c'))
  return itemContext(table, version, included)
}

function checkPresent(item: Item, names: readonly string[], what: string): void {
  for (const name of names) {
    if (attributeOf(item, name) === undefined) throw new ItemCryptoError('MALFORMED', `item without its ${what} ${JSON.stringify(name)}`)
  }
}

function partOf(item: Item, name: string): Uint8Array {
  const value = attributeOf(item, name)
  if (value === undefined) throw new ItemCryptoError('NOT_AUTHENTIC', `item without ${name}: not encrypted?`)
  const [type, content] = inAttribute(name, () => typed(value))
  if (type !== 'B' || content.length === 0) throw new ItemCryptoError('MALFORMED', `attribute ${name}: not an encrypted value`)
  return content
}

async function dataKeyOf(p: StructuredPrimitives, plaintextDataKey: SecretKey | undefined): Promise<SecretKey> {
  if (plaintextDataKey === undefined) throw unfit()
  return plaintextDataKey instanceof Uint8Array ? p.importKey('HKDF', plaintextDataKey) : plaintextDataKey
}

async function fromManager<T>(step: () => MaybePromise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof ItemCryptoError) throw cause
    throw new ItemCryptoError('NO_MATERIALS', 'the materials manager failed', { cause })
  }
}

function unfit(): ItemCryptoError {
  return new ItemCryptoError('NO_MATERIALS', 'the materials manager gave unfit materials')
}
