/**
 * The classic format: items as the Amazon DynamoDB Encryption Client for Java and for Python writes them
 * (classic-item-format, section 6).
 *
 * @module
 */
import { type AttributeValue, typed } from '../attribute-value.ts'
import { Cursor } from '../cursor.ts'
import { attribute, failingAs, ItemCryptoError, inAttribute } from '../errors.ts'
import { type AttributeActions, checked, entryOf, type Item, type ItemEncryptor, withEntry } from '../item.ts'
import type { ClassicPrimitives } from '../primitives.ts'
import { classicWebCrypto } from '../webcrypto.ts'
import { refuse, resolveActions } from './actions.ts'
import { HEAD, parseAttribute, writeAttribute } from './attribute.ts'
import { decryptValues, encryption } from './cipher.ts'
import { type Dialect, FORMS, type Form, JAVA } from './dialect.ts'
import { type MaterialDescription, parseMaterialDescription, serializeMaterialDescription } from './material-description.ts'
import type { ItemContext, MaterialsProvider } from './materials.ts'
import { stringToSign } from './string-to-sign.ts'

/** For `classicItemEncryptor`: a table, its keys, and what is done with the attributes of its items. */
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
    actions = {},
    dialect = 'java',
    primitives: p = classicWebCrypto,
    signatureFieldName = '*amzn-ddb-map-sig*',
    materialDescriptionFieldName = '*amzn-ddb-map-desc*',
    descriptionBase = 'amzn-ddb-map-',
  } = options
  if (!tableName || !partitionKey) refuse('tableName and partitionKey are needed')
  if (signatureFieldName === materialDescriptionFieldName) refuse('signature and description are one field')
  const reserved = [signatureFieldName, materialDescriptionFieldName]
  const keys = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
  const modeEntry = `${descriptionBase}sym-mode`
  const signatureEntry = `${descriptionBase}signingAlg`
  const [form, otherForm] = FORMS[dialect] ?? refuse('dialect: java or python')
  const actionOf = resolveActions(actions, keys, reserved)
  const toSign = stringToSign(p, actionOf)
  let names: readonly string[] = []
  let secret: readonly number[] = []

  function contextOf(names: readonly string[], values: readonly AttributeValue[], description: MaterialDescription): ItemContext {
    const sort = sortKey !== undefined && { sortKey }
    const context: ItemContext = {
      tableName,
      partitionKey,
      ...sort,
      dialect,
      description,
      get attributes() {
        return itemOf(names, values)
      },
    }
    const overridden = options.overrideEncryptionContext?.(context) ?? context
    if (!overridden.tableName) refuse('tableName and partitionKey are needed') // such as of a promise
    return overridden
  }

  /** An item as lists. Its names, and where the encrypted ones are, are the lists of the item before if that had the same names, as those of a table mostly have. */
  function parted(item: Item): [names: readonly string[], secret: readonly number[], values: readonly AttributeValue[]] {
    const these = Object.keys(checked(item)).filter((name) => !reserved.includes(name))
    if (these.some((name, i) => name !== names[i]) || these.length !== names.length) {
      names = these
      secret = [...these.keys()].filter((i) => actionOf(these[i]!) === 'ENCRYPT_AND_SIGN')
    }
    return [names, secret, these.map((name) => item[name]!)] // the values last: to look at them may run code of the caller's
  }

  return {
    async encryptItem(item) {
      const [names, secret, values] = parted(item)
      for (const name of reserved) if (Object.hasOwn(item, name)) refuse(`${attribute(name)} is reserved`)
      for (const name of keys) if (!entryOf(item, name)) throw new ItemCryptoError('MALFORMED', `item without its key ${attribute(name)}`)
      const encrypt = encryption(p, secret, (writer, i) => {
        inAttribute(names[i]!, () => writeAttribute(writer, values[i]!, JAVA)) // exact in every dialect
      })
      const context = contextOf(names, values, {})

      const { encryptionKey, signer, description } = await failingAs('NO_MATERIALS', 'the materials provider failed', () =>
        provider.encryptionMaterials(context, p),
      )
      if (!signer || (secret.length > 0 && !encryptionKey)) throw lacking()
      const stored = [...values]
      const serialized: Uint8Array[] = []
      if (secret.length > 0)
        for (const [i, it] of (await encrypt(encryptionKey!)).entries()) {
          serialized[secret[i]!] = it
          stored[secret[i]!] = { B: it.subarray(HEAD) }
        }
      const signed = await toSign(context.tableName, names, stored, form, serialized)
      const signature = new Uint8Array(await signer.sign(signed, p))

      const described = {
        ...description,
        ...(encryptionKey && { [modeEntry]: SYMMETRIC_MODE }),
        ...(signer.algorithm && (dialect === 'python' || !signer.algorithm.startsWith('Hmac')) && { [signatureEntry]: signer.algorithm }),
      }
      let encrypted = itemOf(names, stored)
      if (dialect === 'python' || Object.keys(described).length > 0)
        encrypted = withEntry(encrypted, materialDescriptionFieldName, { B: serializeMaterialDescription(described) })
      return withEntry(encrypted, signatureFieldName, { B: signature })
    },

    async decryptItem(item) {
      const [names, secret, stored] = parted(item)
      const [signature, description] = reserved.map((name) => entryOf(item, name) && binary(name, item[name]!))
      if (!signature) {
        if (!description && options.plaintextItems === 'allow') return itemOf(names, stored)
        throw new ItemCryptoError('NOT_AUTHENTIC', `item without a signature (${attribute(signatureFieldName)})`)
      }
      const described = description ? parseMaterialDescription(new Cursor(description, 'material description')) : {}
      if (secret.length > 0 && entryOf(described, modeEntry) !== SYMMETRIC_MODE) throw unsupported(modeEntry)
      const context = contextOf(names, stored, described)

      const { decryptionKey, verifier } = await failingAs('NO_MATERIALS', 'the materials provider failed', () =>
        provider.decryptionMaterials(context, p),
      )
      if (!verifier || (secret.length > 0 && !decryptionKey)) throw lacking()
      const algorithm = entryOf(described, signatureEntry)
      if (algorithm && algorithm.toLowerCase() !== (verifier.algorithm ?? algorithm).toLowerCase()) throw unsupported(signatureEntry)
      const verified = async (order: Form) => verifier.verify(await toSign(context.tableName, names, stored, order), signature, p)
      if (!(await verified(form)) && !(await verified(otherForm)))
        throw new ItemCryptoError('NOT_AUTHENTIC', 'the signature does not match the item')

      // Each has one type only: it was signed.
      const encrypted = secret.map((i) => (stored[i] as { readonly B?: Uint8Array }).B ?? notBinary(names[i]!))
      const plaintexts = await decryptValues(p, decryptionKey!, encrypted)
      const values = [...stored]
      for (const [i, at] of secret.entries()) values[at] = inAttribute(names[at]!, () => parseAttribute(plaintexts[i]!))
      return itemOf(names, values)
    },
  }
}

function itemOf(names: readonly string[], values: readonly AttributeValue[]): Record<string, AttributeValue> {
  let item: Record<string, AttributeValue> = {}
  for (const [i, name] of names.entries()) item = withEntry(item, name, values[i]!)
  return item
}

function lacking(): ItemCryptoError {
  return new ItemCryptoError('NO_MATERIALS', 'the provider has no key for this item')
}

function unsupported(entry: string): ItemCryptoError {
  return new ItemCryptoError('UNSUPPORTED', `material description: unexpected ${entry}`)
}

/** @throws `MALFORMED` for a value that is not binary. */
function binary(name: string, value: AttributeValue): Uint8Array {
  const [type, content] = inAttribute(name, () => typed(value))
  return type === 'B' ? content : notBinary(name)
}

function notBinary(name: string): never {
  throw new ItemCryptoError('MALFORMED', `${attribute(name)}: not binary`)
}
