/**
 * The classic format: items as the Amazon DynamoDB Encryption Client for Java and for Python writes them
 * (classic-item-format, section 6).
 *
 * @module
 */
import { type AttributeValue, typed } from '../attribute-value.ts'
import { Cursor } from '../cursor.ts'
import { ItemCryptoError, inAttribute } from '../errors.ts'
import { type AttributeActions, attributeOf, attributesOf, type CryptoAction, type Item, type ItemEncryptor } from '../item.ts'
import type { ClassicPrimitives } from '../primitives.ts'
import { classicWebCrypto } from '../webcrypto.ts'
import { attribute, refuse, resolveActions } from './actions.ts'
import { parseAttribute, serializeAttribute } from './attribute.ts'
import { decryptValues, encryptValues } from './cipher.ts'
import { type Dialect, FORMS, type Form, JAVA } from './dialect.ts'
import { entryOf, type MaterialDescription, parseMaterialDescription, serializeMaterialDescription } from './material-description.ts'
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
  const { tableName, partitionKey, sortKey, provider, actions = {}, dialect = 'java', primitives: p = classicWebCrypto } = options
  const {
    signatureFieldName = '*amzn-ddb-map-sig*',
    materialDescriptionFieldName = '*amzn-ddb-map-desc*',
    descriptionBase = 'amzn-ddb-map-',
  } = options
  if (!tableName || !partitionKey) refuse('tableName and partitionKey are needed')
  if (signatureFieldName === materialDescriptionFieldName) refuse('signature and description need a field each')
  const reserved = [signatureFieldName, materialDescriptionFieldName]
  const keys = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
  const modeEntry = `${descriptionBase}sym-mode`
  const signatureEntry = `${descriptionBase}signingAlg`
  const [form, otherForm] = FORMS[dialect] ?? refuse('dialect: java or python')
  const actionOf = resolveActions(actions, keys, reserved)
  const toSign = stringToSign(p)

  function entriesOf(attributes: readonly (readonly [string, AttributeValue])[]): Entry[] {
    return attributes.map(([name, value]) => ({ name, value, action: actionOf(name) }))
  }

  function contextOf(entries: readonly Entry[], description: MaterialDescription): ItemContext {
    const context: ItemContext = {
      tableName,
      partitionKey,
      ...(sortKey !== undefined && { sortKey }),
      dialect,
      attributes: itemOf(entries),
      description,
    }
    return options.overrideEncryptionContext?.(context) ?? context
  }

  function stringOf(context: ItemContext, entries: readonly Entry[], order: Form): Promise<Uint8Array> {
    const signed = entries.filter(({ action }) => action !== 'DO_NOTHING').sort((a, b) => order.text(a.name, b.name))
    return toSign(
      context.tableName,
      signed.map((entry) => ({ name: entry.name, encrypted: isSecret(entry), value: serialized(entry, order) })),
    )
  }

  return {
    async encryptItem(item) {
      const entries = entriesOf(attributesOf(item))
      for (const { name } of entries) if (reserved.includes(name)) refuse(`${attribute(name)} is reserved`)
      for (const name of keys)
        if (!attributeOf(item, name)) throw new ItemCryptoError('MALFORMED', `item without its key ${attribute(name)}`)
      const secret = entries.filter(isSecret)
      const plaintexts = secret.map((entry) => serialized(entry, JAVA)) // exact in every dialect
      const context = contextOf(entries, {})

      const { encryptionKey, signer, description } = await fromProvider(() => provider.encryptionMaterials(context, p))
      if (!signer || (secret.length > 0 && !encryptionKey))
        throw new ItemCryptoError('NO_MATERIALS', 'the provider has no key to write this item with')
      const ciphertexts = secret.length > 0 ? await encryptValues(p, encryptionKey!, plaintexts) : []
      const stored = replaced(
        entries,
        ciphertexts.map((B) => ({ B })),
      )
      const signature = new Uint8Array(await signer.sign(await stringOf(context, stored, form), p))

      const { algorithm } = signer
      const described = {
        ...description,
        ...(encryptionKey && { [modeEntry]: SYMMETRIC_MODE }),
        ...(algorithm && (dialect === 'python' || !algorithm.startsWith('Hmac')) && { [signatureEntry]: algorithm }),
      }
      const bare = dialect === 'java' && Object.keys(described).length === 0
      return {
        ...itemOf(stored),
        ...(!bare && { [materialDescriptionFieldName]: { B: serializeMaterialDescription(described) } }),
        [signatureFieldName]: { B: signature },
      }
    },

    async decryptItem(item) {
      const entries = entriesOf(attributesOf(item).filter(([name]) => !reserved.includes(name)))
      const secret = entries.filter(isSecret)
      const [signature, description] = [signatureFieldName, materialDescriptionFieldName].map((name) => {
        const value = attributeOf(item, name)
        return value && binary(name, value)
      })
      if (!signature) {
        if (!description && options.plaintextItems === 'allow') return itemOf(entries)
        throw new ItemCryptoError('NOT_AUTHENTIC', `item without a signature (${attribute(signatureFieldName)})`)
      }
      const described = description ? parseMaterialDescription(new Cursor(description, 'material description')) : {}
      if (secret.length > 0 && entryOf(described, modeEntry) !== SYMMETRIC_MODE) throw unsupported(modeEntry)
      const context = contextOf(entries, described)

      const { decryptionKey, verifier } = await fromProvider(() => provider.decryptionMaterials(context, p))
      if (!verifier || (secret.length > 0 && !decryptionKey))
        throw new ItemCryptoError('NO_MATERIALS', 'the provider has no key to read this item with')
      const algorithm = entryOf(described, signatureEntry)
      if (algorithm && algorithm.toLowerCase() !== (verifier.algorithm ?? algorithm).toLowerCase()) throw unsupported(signatureEntry)
      const verified = async (order: Form) => verifier.verify(await stringOf(context, entries, order), signature, p)
      if (!(await verified(form)) && !(await verified(otherForm)))
        throw new ItemCryptoError('NOT_AUTHENTIC', 'the signature does not match the item')

      const stored = secret.map(({ name, value }) => binary(name, value))
      const plaintexts = secret.length > 0 ? await decryptValues(p, decryptionKey!, stored) : []
      return itemOf(
        replaced(
          entries,
          plaintexts.map((bytes, i) => inAttribute(secret[i]!.name, () => parseAttribute(bytes))),
        ),
      )
    },
  }
}

interface Entry {
  readonly name: string
  readonly value: AttributeValue
  readonly action: CryptoAction
}

function isSecret({ action }: Entry): boolean {
  return action === 'ENCRYPT_AND_SIGN'
}

/** The same entries with new values of the encrypted ones, in their order. */
function replaced(entries: readonly Entry[], values: readonly AttributeValue[]): Entry[] {
  const rest = values.values()
  return entries.map((entry) => (isSecret(entry) ? { ...entry, value: rest.next().value! } : entry))
}

/** By entries, so that a name such as `__proto__` is one like any other. */
function itemOf(entries: readonly Entry[]): Item {
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]))
}

function serialized({ name, value }: Entry, form: Form): Uint8Array {
  return inAttribute(name, () => serializeAttribute(value, form))
}

async function fromProvider<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof ItemCryptoError) throw cause
    throw new ItemCryptoError('NO_MATERIALS', 'the materials provider failed', { cause })
  }
}

function unsupported(entry: string): ItemCryptoError {
  return new ItemCryptoError('UNSUPPORTED', `material description: unexpected ${entry}`)
}

/** @throws `MALFORMED` for a value that is not binary. */
function binary(name: string, value: AttributeValue): Uint8Array {
  return inAttribute(name, () => {
    const [type, content] = typed(value)
    if (type !== 'B') throw new ItemCryptoError('MALFORMED', 'not binary')
    return content
  })
}
