/**
 * The classic format: items as the Amazon DynamoDB Encryption Client for Java and for Python writes them
 * (classic-item-format, section 6).
 *
 * @module
 */
import type { AttributeValue } from '../attribute-value.ts'
import { Cursor } from '../cursor.ts'
import { ItemCryptoError, inAttribute } from '../errors.ts'
import { type AttributeActions, attributeOf, attributesOf, type CryptoAction, type Item, type ItemEncryptor } from '../item.ts'
import type { ClassicPrimitives } from '../primitives.ts'
import { classicWebCrypto } from '../webcrypto.ts'
import { parseAttribute, serializeAttribute } from './attribute.ts'
import { decryptValues, encryptValues, isStoredValue } from './cipher.ts'
import { type Dialect, FORMS, type Form, JAVA } from './dialect.ts'
import { entryOf, type MaterialDescription, parseMaterialDescription, serializeMaterialDescription } from './material-description.ts'
import type { ItemContext, MaterialsProvider } from './materials.ts'
import { stringToSign } from './string-to-sign.ts'

export interface ClassicItemEncryptorOptions {
  /** Bound into every signature. */
  readonly tableName: string
  readonly partitionKey: string
  readonly sortKey?: string
  readonly provider: MaterialsProvider
  /** Without a default: `ENCRYPT_AND_SIGN`. The key attributes are signed and not encrypted whatever it is. */
  readonly actions?: AttributeActions
  /** Whose rules a new signature follows: `java` unless said otherwise. Reading tries both. `python` accepts that client's rounding of numbers to 28 digits. */
  readonly dialect?: Dialect
  /** What `decryptItem` does with an item that bears neither signature nor description: `refuse` (the default), or `allow`: whoever writes to the table can then pass off any such item as yours. */
  readonly plaintextItems?: 'refuse' | 'allow'
  /** Changes what the provider is told, and under which table name the item is signed: for copied, restored or renamed tables. */
  readonly overrideEncryptionContext?: (context: ItemContext) => ItemContext
  /** Names of the two attributes that are added to an item, if others than the peers' usual ones. */
  readonly signatureFieldName?: string
  readonly materialDescriptionFieldName?: string
  /** Default `amzn-ddb-map-`: what the names of the description's own two entries begin with. */
  readonly descriptionBase?: string
  readonly primitives?: ClassicPrimitives
}

const SYMMETRIC_MODE = '/CBC/PKCS5Padding' // the only one that either peer writes

/**
 * Makes an encryptor for the items of one table, in the classic format.
 *
 * What it returns from `decryptItem` was written by a holder of the keys for this table, and has not been changed since;
 * attributes configured as `DO_NOTHING` are passed on unchecked.
 *
 * @throws {@link ItemCryptoError} `CONFIGURATION` if a key attribute is configured as anything but `SIGN_ONLY`, or an
 *   action names a reserved attribute or is not of this format.
 *
 * @example
 * const provider = staticProvider({ encryptionKey, signer: hmacSigner('HmacSHA256', signingKey) })
 * const encryptor = classicItemEncryptor({ tableName: 'people', partitionKey: 'id', provider })
 * const encrypted = await encryptor.encryptItem({ id: { S: '1' }, name: { S: 'Ada' } })
 */
export function classicItemEncryptor(options: ClassicItemEncryptorOptions): ItemEncryptor {
  const {
    tableName,
    partitionKey,
    sortKey,
    provider,
    dialect = 'java',
    primitives: p = classicWebCrypto,
    descriptionBase = 'amzn-ddb-map-',
  } = options
  const { signatureFieldName = '*amzn-ddb-map-sig*', materialDescriptionFieldName = '*amzn-ddb-map-desc*' } = options
  const reserved = [signatureFieldName, materialDescriptionFieldName]
  const modeEntry = `${descriptionBase}sym-mode`
  const signatureEntry = `${descriptionBase}signingAlg`
  const [form, otherForm] = FORMS[dialect] ?? refuse('dialect: java or python')
  const actionOf = resolveActions(options, reserved)
  const toSign = stringToSign(p)

  function contextOf(attributes: Item, description: MaterialDescription): ItemContext {
    const context: ItemContext = { tableName, partitionKey, ...(sortKey !== undefined && { sortKey }), dialect, attributes, description }
    return options.overrideEncryptionContext?.(context) ?? context
  }

  function stringOf(context: ItemContext, entries: readonly Entry[], order: Form): Promise<Uint8Array> {
    const signed = entries.filter(({ action }) => action !== 'DO_NOTHING').sort((a, b) => order.text(a.name, b.name))
    const attributes = signed.map(({ name, value, action }) => ({
      name,
      encrypted: action === 'ENCRYPT_AND_SIGN',
      value: inAttribute(name, () => serializeAttribute(value, order)),
    }))
    return toSign(context.tableName, attributes)
  }

  function entriesOf(attributes: readonly (readonly [string, AttributeValue])[]): Entry[] {
    return attributes.map(([name, value]) => ({ name, value, action: actionOf(name) }))
  }

  return {
    async encryptItem(item) {
      const entries = entriesOf(attributesOf(item))
      for (const name of [partitionKey, sortKey]) {
        if (name !== undefined && attributeOf(item, name) === undefined)
          throw new ItemCryptoError('MALFORMED', `item without its key attribute ${JSON.stringify(name)}`)
      }
      for (const name of reserved) {
        if (attributeOf(item, name) !== undefined)
          throw new ItemCryptoError('CONFIGURATION', `attribute ${JSON.stringify(name)} is reserved: is the item encrypted already?`)
      }
      const context = contextOf(item, {})
      const secret = entries.filter(({ action }) => action === 'ENCRYPT_AND_SIGN')
      const plaintexts = secret.map(({ name, value }) => inAttribute(name, () => serializeAttribute(value, JAVA))) // exact in every dialect
      const { encryptionKey, signer, description } = await fromProvider(() => provider.encryptionMaterials(context, p))

      const stored = new Map<string, AttributeValue>(attributesOf(item))
      if (secret.length > 0) {
        if (encryptionKey === undefined)
          throw new ItemCryptoError('NO_MATERIALS', `no key to encrypt attribute ${JSON.stringify(secret[0]!.name)} with`)
        const ciphertexts = await encryptValues(p, encryptionKey, plaintexts)
        for (const [i, { name }] of secret.entries()) stored.set(name, { B: ciphertexts[i]! })
      }
      const signature = await signer.sign(await stringOf(context, entriesOf([...stored]), form), p)

      const named = signer.algorithm !== undefined && (dialect === 'python' || !signer.algorithm.startsWith('Hmac'))
      const described = {
        ...description,
        ...(encryptionKey !== undefined && { [modeEntry]: SYMMETRIC_MODE }),
        ...(named && { [signatureEntry]: signer.algorithm }),
      }
      if (dialect === 'python' || Object.keys(described).length > 0)
        stored.set(materialDescriptionFieldName, { B: serializeMaterialDescription(described) })
      stored.set(signatureFieldName, { B: new Uint8Array(signature) })
      return Object.fromEntries(stored)
    },

    async decryptItem(item) {
      const all = attributesOf(item)
      const signature = bytesOf(item, signatureFieldName)
      const description = bytesOf(item, materialDescriptionFieldName)
      if (signature === undefined) {
        if (description === undefined && options.plaintextItems === 'allow') return Object.fromEntries(all)
        throw new ItemCryptoError('NOT_AUTHENTIC', `item without a signature (attribute ${JSON.stringify(signatureFieldName)})`)
      }
      const entries = entriesOf(all.filter(([name]) => !reserved.includes(name)))
      const secret = entries.filter(({ action }) => action === 'ENCRYPT_AND_SIGN')
      const described = description === undefined ? {} : parseMaterialDescription(new Cursor(description, 'material description'))
      if (secret.length > 0 && entryOf(described, modeEntry) !== SYMMETRIC_MODE)
        throw new ItemCryptoError('UNSUPPORTED', `material description: ${modeEntry} is not ${SYMMETRIC_MODE}`)
      const context = contextOf(Object.fromEntries(entries.map(({ name, value }) => [name, value])), described)
      const { decryptionKey, verifier } = await fromProvider(() => provider.decryptionMaterials(context, p))

      const algorithm = entryOf(described, signatureEntry)
      if (algorithm !== undefined && algorithm.toLowerCase() !== (verifier.algorithm ?? algorithm).toLowerCase()) {
        throw new ItemCryptoError('UNSUPPORTED', `material description: ${signatureEntry} is not the algorithm of the verification key`)
      }
      const verified = async (order: Form) => verifies(verifier.verify(await stringOf(context, entries, order), signature, p))
      if (!(await verified(form)) && !(await verified(otherForm)))
        throw new ItemCryptoError('NOT_AUTHENTIC', 'the signature does not match the item')

      const stored = secret.map(({ name, value }) => inAttribute(name, () => storedBytes(value)))
      if (stored.length > 0 && decryptionKey === undefined)
        throw new ItemCryptoError('NO_MATERIALS', `no key to decrypt attribute ${JSON.stringify(secret[0]!.name)} with`)
      const values = stored.length === 0 ? [] : await decryptValues(p, decryptionKey!, stored)
      const plaintext = new Map<string, AttributeValue>(entries.map(({ name, value }) => [name, value]))
      for (const [i, { name }] of secret.entries()) {
        plaintext.set(
          name,
          inAttribute(name, () => parseAttribute(values[i]!)),
        )
      }
      return Object.fromEntries(plaintext)
    },
  }
}

interface Entry {
  readonly name: string
  readonly value: AttributeValue
  readonly action: CryptoAction
}

/** Checks the configuration, and gives the action of any name. */
function resolveActions(
  { tableName, partitionKey, sortKey, actions = {} }: ClassicItemEncryptorOptions,
  reserved: readonly string[],
): (name: string) => CryptoAction {
  if (!tableName) refuse('tableName is needed: every signature covers it')
  if (!partitionKey) refuse('partitionKey is needed')
  if (reserved[0] === reserved[1]) refuse('signature and material description need attributes of their own')
  const { default: other = 'ENCRYPT_AND_SIGN', attributes = {} } = actions
  const resolved = new Map(Object.entries(attributes))
  checkAction('default', other)
  for (const [name, action] of resolved) {
    checkAction(`attribute ${JSON.stringify(name)}`, action)
    if (reserved.includes(name)) refuse(`attribute ${JSON.stringify(name)} is reserved`)
  }
  for (const key of [partitionKey, sortKey]) {
    if (key === undefined) continue
    if (reserved.includes(key)) refuse(`attribute ${JSON.stringify(key)} is reserved`)
    if ((resolved.get(key) ?? 'SIGN_ONLY') !== 'SIGN_ONLY') refuse(`key attribute ${JSON.stringify(key)} is SIGN_ONLY always`)
    resolved.set(key, 'SIGN_ONLY')
  }
  return (name) => resolved.get(name) ?? other
}

function checkAction(title: string, action: CryptoAction): void {
  if (!['ENCRYPT_AND_SIGN', 'SIGN_ONLY', 'DO_NOTHING'].includes(action))
    refuse(`${title}: its action is ENCRYPT_AND_SIGN, SIGN_ONLY or DO_NOTHING in the classic format`)
}

function refuse(message: string): never {
  throw new ItemCryptoError('CONFIGURATION', message)
}

async function fromProvider<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof ItemCryptoError) throw cause
    throw new ItemCryptoError('NO_MATERIALS', 'the materials provider failed', { cause })
  }
}

/** A signature that cannot even be read is one that does not match. */
async function verifies(verification: boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await verification
  } catch (error) {
    if (error instanceof ItemCryptoError && error.code === 'MALFORMED') return false
    throw error
  }
}

function bytesOf(item: Item, name: string): Uint8Array | undefined {
  const value = attributeOf(item, name)
  return value === undefined ? undefined : inAttribute(name, () => binary(value))
}

function storedBytes(value: AttributeValue): Uint8Array {
  const bytes = binary(value)
  if (!isStoredValue(bytes)) throw new ItemCryptoError('MALFORMED', 'not an encrypted value')
  return bytes
}

function binary(value: AttributeValue): Uint8Array {
  if (!('B' in value) || !(value.B instanceof Uint8Array)) throw new ItemCryptoError('MALFORMED', 'not binary')
  return value.B
}
