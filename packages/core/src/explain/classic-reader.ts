/**
 * Reading an item of the classic format with one thing changed.
 *
 * @module
 */
import { concat, toUtf8, uint } from '../bytes.ts'
import { resolveActions } from '../classic/actions.ts'
import { serializeAttribute } from '../classic/attribute.ts'
import { FORMS } from '../classic/dialect.ts'
import { type ClassicItemEncryptorOptions, classicItemEncryptor } from '../classic/encryptor.ts'
import type { DecryptionMaterials, ItemContext, MaterialsProvider } from '../classic/materials.ts'
import { ItemCryptoError } from '../errors.ts'
import { type CryptoAction, entryOf, type Item } from '../item.ts'
import { classicWebCrypto } from '../webcrypto.ts'
import type { KeyNames } from './cause.ts'
import { type Candidate, type Change, type Reader, remembering, rewriting } from './reader.ts'

const SIGNATURE = '*amzn-ddb-map-sig*'
const DESCRIPTION = '*amzn-ddb-map-desc*'
const STRUCTURED_HEADER = 'aws_dbe_head'
const ACTIONS: readonly CryptoAction[] = ['ENCRYPT_AND_SIGN', 'SIGN_ONLY', 'DO_NOTHING']

/** @throws `CONFIGURATION` for options that the format refuses. */
export function classicReader(options: ClassicItemEncryptorOptions, item: Item): Reader {
  classicItemEncryptor(options)
  const { partitionKey, sortKey, tableName, actions = {}, dialect = 'java' } = options
  const { signatureFieldName: signature = SIGNATURE, materialDescriptionFieldName: description = DESCRIPTION } = options
  const { primitives, with: withDigest } = rewriting(options.primitives ?? classicWebCrypto)
  const reserved = [signature, description]
  const keyNames = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
  const actionOf = resolveActions(actions, keyNames, reserved)
  const names = Object.keys(item).filter((name) => !reserved.includes(name))
  const forms = FORMS[dialect]
  const { provider, seen } = watched(options.provider)
  let failure: unknown
  let verified = false

  function read({ item: changed = item, ...change }: Change, more: Partial<ClassicItemEncryptorOptions> = {}): Promise<unknown> {
    const { tableName: table, keys: { partitionKey, sortKey } = { partitionKey: options.partitionKey, ...pickSortKey(options) } } = change
    const { sortKey: _, ...rest } = options
    const encryptor = classicItemEncryptor({
      ...rest,
      partitionKey,
      ...(sortKey !== undefined && { sortKey }),
      ...(change.keys && { actions: withoutActions(actions, change.keys) }),
      ...(table !== undefined && {
        overrideEncryptionContext: (context: ItemContext) => ({
          ...(options.overrideEncryptionContext?.(context) ?? context),
          tableName: table,
        }),
      }),
      provider: change.otherKey === undefined ? provider : (change.otherKey as MaterialsProvider), // any other fails when asked
      ...more,
      plaintextItems: 'refuse',
      primitives,
    })
    const { signedAs } = change
    const value = signedAs && entryOf(item, signedAs.name)
    const normal = value === undefined ? [] : forms.map((form) => serializeAttribute(value, form))
    const rewrite = signedAs && ((data: Uint8Array) => (normal.some((bytes) => equal(bytes, data)) ? signedAs.bytes : data))
    return withDigest(rewrite, () => encryptor.decryptItem(changed))
  }

  const reader: Reader = {
    item,
    tableName,
    overridden: options.overrideEncryptionContext !== undefined,
    keys: { partitionKey, ...pickSortKey(options) },
    reserved,
    names,
    configured: [...keyNames, ...Object.keys(actions.attributes ?? {})].filter((name) => actionOf(name) !== 'DO_NOTHING'),
    encrypted: (changed) => Object.keys(changed).filter((name) => !reserved.includes(name) && actionOf(name) === 'ENCRYPT_AND_SIGN'),
    readable: () => names.filter((name) => actionOf(name) === 'SIGN_ONLY'),
    numberBytes(text) {
      const bytes = toUtf8(text)
      return concat(serializeAttribute({ N: '0' }, forms[0]).subarray(0, 2), uint(bytes.length, 4), bytes)
    },
    valueBytes: (value) => serializeAttribute(value, forms[0]),
    async asConfigured() {
      try {
        return await classicItemEncryptor({ ...options, provider, primitives }).decryptItem(item)
      } catch (error) {
        failure = error
        verified = seen()
        throw error
      }
    },
    read,
    shape() {
      if (entryOf(item, signature) !== undefined) return undefined
      if (entryOf(item, STRUCTURED_HEADER) !== undefined) return { kind: 'other-format', written: 'structured' }
      if (entryOf(item, description) !== undefined) return { kind: 'attribute-removed', count: 1, candidates: [signature] }
      return entryOf(item, SIGNATURE) === undefined ? { kind: 'not-encrypted' } : undefined
    },
    verified: () => verified,
    *own(): Generator<Candidate> {
      const usual = { signatureFieldName: SIGNATURE, materialDescriptionFieldName: DESCRIPTION, descriptionBase: 'amzn-ddb-map-' }
      if (signature !== SIGNATURE || description !== DESCRIPTION || options.descriptionBase !== undefined)
        yield { cause: { kind: 'field-names' }, read: () => read({}, usual) }
      if (dialect !== 'python') yield { cause: { kind: 'dialect', written: 'python' }, read: () => read({}, { dialect: 'python' }) }
      const configured = actions.default ?? 'ENCRYPT_AND_SIGN'
      // One attribute is likelier than all of them, and either fits where the default is of one only.
      for (const name of names) {
        if (keyNames.includes(name)) continue
        const attributes = Object.entries(actions.attributes ?? {}).filter(([other]) => other !== name)
        for (const written of ACTIONS) {
          if (written === actionOf(name)) continue
          const named = Object.hasOwn(actions.attributes ?? {}, name)
          const changed = { ...actions, attributes: Object.fromEntries([...attributes, [name, written]]) }
          yield {
            cause:
              written === 'DO_NOTHING' && !named
                ? { kind: 'attribute-added', name }
                : { kind: 'action-changed', name, configured: actionOf(name), written },
            read: () => read({}, { actions: changed }),
          }
        }
      }
      for (const written of ACTIONS)
        if (written !== configured)
          yield {
            cause: { kind: 'default-action-changed', configured, written },
            read: () => read({}, { actions: { ...actions, default: written } }),
          }
    },
    async rest() {
      return verified || (failure instanceof ItemCryptoError && failure.code === 'NO_MATERIALS') ? { kind: 'wrong-key' } : undefined
    },
  }
  return reader
}

/** Asks once for each description and place in the table, and sees when a signature verifies. */
function watched(provider: MaterialsProvider): { readonly provider: MaterialsProvider; readonly seen: () => boolean } {
  const remember = remembering<DecryptionMaterials>()
  let seen = false
  const keyOf = (context: ItemContext) => {
    const { tableName, partitionKey, sortKey, dialect, attributes, description } = context
    const values = [partitionKey, sortKey].map((name) => name && entryOf(attributes, name))
    return JSON.stringify([tableName, partitionKey, sortKey, dialect, values, description], (_, value) =>
      value instanceof Uint8Array ? Array.from(value) : value,
    )
  }
  return {
    seen: () => seen,
    provider: {
      encryptionMaterials: () => {
        throw new ItemCryptoError('NO_MATERIALS', 'reads only')
      },
      async decryptionMaterials(context, p) {
        const { verifier, ...rest } = await remember(keyOf(context), () => provider.decryptionMaterials(context, p))
        if (verifier === undefined) return rest
        const { algorithm } = verifier
        return {
          ...rest,
          verifier: {
            ...(algorithm !== undefined && { algorithm }),
            async verify(data, signature, p) {
              const matches = await verifier.verify(data, signature, p)
              seen ||= matches
              return matches
            },
          },
        }
      },
    },
  }
}

function pickSortKey({ sortKey }: KeyNames): { readonly sortKey?: string } {
  return sortKey === undefined ? {} : { sortKey }
}

/** Key attributes are `SIGN_ONLY`, and may not be configured otherwise. */
function withoutActions(actions: NonNullable<ClassicItemEncryptorOptions['actions']>, { partitionKey, sortKey }: KeyNames): typeof actions {
  const attributes = Object.entries(actions.attributes ?? {}).filter(([name]) => name !== partitionKey && name !== sortKey)
  return { ...actions, attributes: Object.fromEntries(attributes) }
}

/** Of what everyone can read. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
