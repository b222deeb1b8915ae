/**
 * Reading an item of the structured format with one thing changed.
 *
 * @module
 */
import { concat, constantTimeEqual, toUtf8, uint } from '../bytes.ts'
import { ItemCryptoError } from '../errors.ts'
import { type CryptoAction, entryOf, type Item } from '../item.ts'
import type { Keyring } from '../materials/keyring.ts'
import type { DecryptionMaterials } from '../materials/materials.ts'
import { defaultMaterialsManager, type MaterialsManager } from '../materials/materials-manager.ts'
import type { SecretKey, StructuredPrimitives } from '../primitives.ts'
import { canonicalPaths, compareCanonical } from '../structured/canonical-path.ts'
import { resolveTable, signedNames, type TableConfiguration } from '../structured/configuration.ts'
import { type StructuredItemEncryptorOptions, structuredItemEncryptor } from '../structured/encryptor.ts'
import { decryptFields, type Field, parted } from '../structured/fields.ts'
import { FOOTER } from '../structured/footer.ts'
import { COMMITMENT, commit, HEADER, type ParsedHeader, parseHeader, RESERVED_PREFIX } from '../structured/header.ts'
import { serializeValue } from '../structured/value.ts'
import { webCrypto } from '../webcrypto.ts'
import type { FailureCause } from './cause.ts'
import { type Candidate, type Change, type OtherKey, type Reader, remembering, rewriting, withMethods } from './reader.ts'

const CLASSIC_NAMES = ['*amzn-ddb-map-sig*', '*amzn-ddb-map-desc*']
const ACTIONS: Readonly<Record<string, CryptoAction>> = {
  e: 'ENCRYPT_AND_SIGN',
  s: 'SIGN_ONLY',
  c: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT',
}

/** @throws `CONFIGURATION` for options that the format refuses. */
export function structuredReader(options: StructuredItemEncryptorOptions, item: Item): Reader {
  structuredItemEncryptor(options)
  const { tableName, partitionKey, sortKey } = options
  const keys = { partitionKey, ...(sortKey !== undefined && { sortKey }) }
  const table = resolveTable(options)
  const { primitives: p, with: withDigest } = rewriting(options.primitives ?? webCrypto)
  const { manager, last } = watched(options.materialsManager ?? defaultMaterialsManager(options.keyring!))
  const names = Object.keys(item).filter((name) => !name.startsWith(RESERVED_PREFIX))
  const unsigned = names.filter(table.isUnsigned)
  const signed = signedNames(table, item)
  const path = canonicalPaths(tableName)
  let failure: unknown
  let materials: DecryptionMaterials<SecretKey> | undefined

  function lettered(of: Item, letter: string): string[] {
    const legend = headerOf(of)?.header.legend
    const all = signedNames(table, of)
    return legend?.length === all.length ? all.filter((_, i) => legend[i] === letter) : []
  }

  function read({ item: changed = item, ...change }: Change, allowedUnsignedAttributes?: readonly string[]): Promise<unknown> {
    const { allowedUnsignedAttributes: list, allowedUnsignedAttributePrefix: prefix } = options
    const configuration: TableConfiguration = {
      tableName: change.tableName ?? tableName,
      ...(change.keys ?? keys),
      actions: { default: 'ENCRYPT_AND_SIGN' }, // no matter: the legend says
      ...(allowedUnsignedAttributes
        ? { allowedUnsignedAttributes }
        : { ...(list && { allowedUnsignedAttributes: list }), ...(prefix !== undefined && { allowedUnsignedAttributePrefix: prefix }) }),
    }
    const materialsManager = change.otherKey === undefined ? manager : managerOf(change.otherKey)
    const encryptor = structuredItemEncryptor({ ...configuration, materialsManager, primitives: p })
    return withDigest(change.signedAs && rewritten(change.signedAs), () => encryptor.decryptItem(changed))
  }

  /** Changes a field of the record, with its length. */
  function rewritten({ name, bytes }: NonNullable<Change['signedAs']>): (data: Uint8Array) => Uint8Array {
    const value = entryOf(item, name)
    const field = (content: Uint8Array) => concat(path(name), uint(content.length - 2, 8), toUtf8('PLAINTEXT'), content)
    const normal = value && field(serializeValue(value))
    return (data) => {
      const at = normal === undefined ? -1 : indexOf(data, normal)
      return at < 0 ? data : concat(data.subarray(0, at), field(bytes), data.subarray(at + normal!.length))
    }
  }

  return {
    item,
    tableName,
    overridden: false,
    keys,
    reserved: [HEADER, FOOTER],
    names,
    configured: [...table.keys, ...Object.keys(options.actions?.attributes ?? {})].filter((name) => !table.isUnsigned(name)),
    encrypted: (of) => lettered(of, 'e'),
    readable: () => lettered(item, 's').filter((name) => !table.keys.includes(name)),
    numberBytes: (text) => concat(serializeValue({ N: '0' }).subarray(0, 2), toUtf8(text)),
    valueBytes: (value) => serializeValue(value),
    async asConfigured() {
      try {
        return await structuredItemEncryptor({ ...configurationOf(options), materialsManager: manager, primitives: p }).decryptItem(item)
      } catch (error) {
        failure = error
        materials = last()
        throw error
      }
    },
    read,
    shape() {
      const missing = [HEADER, FOOTER].filter((name) => entryOf(item, name) === undefined)
      if (missing.length === 0) return undefined
      if (missing.length === 1) return { kind: 'attribute-removed', count: 1, candidates: missing }
      const classic = CLASSIC_NAMES.some((name) => entryOf(item, name) !== undefined)
      return classic ? { kind: 'other-format', written: 'classic' } : { kind: 'not-encrypted' }
    },
    verified: () => false,
    *own(): Generator<Candidate> {
      const legend = headerOf(item)?.header.legend
      if (legend === undefined) return
      for (const name of legend.length === signed.length + 1 ? unsigned : []) {
        const at = [...signed, name].sort(compareCanonical).indexOf(name)
        yield {
          cause: { kind: 'action-changed', name, configured: 'DO_NOTHING', written: ACTIONS[legend[at]!]! },
          read: () =>
            read(
              {},
              unsigned.filter((other) => other !== name),
            ),
        }
      }
      for (const name of legend.length === signed.length - 1 ? signed : []) {
        if (table.keys.includes(name)) continue
        const named = Object.hasOwn(options.actions?.attributes ?? {}, name)
        yield {
          cause: named
            ? { kind: 'action-changed', name, configured: table.actionOf(name), written: 'DO_NOTHING' }
            : { kind: 'attribute-added', name },
          read: () => read({}, [...unsigned, name]),
        }
      }
    },
    async rest(): Promise<FailureCause | undefined> {
      const parsed = headerOf(item)
      if (parsed === undefined) return undefined
      const { header, bytes } = parsed
      const more = signed.length - header.legend.length
      const candidates = [...new Set([...table.keys, ...Object.keys(options.actions?.attributes ?? {})])].filter(
        (name) => !table.isUnsigned(name) && entryOf(item, name) === undefined,
      )
      if (more < 0) return { kind: 'attribute-removed', count: -more, candidates }
      if (more > 0) return { kind: 'attributes-added', count: more }
      if (failure instanceof ItemCryptoError && failure.code === 'NO_MATERIALS') return { kind: 'wrong-key' }
      if (materials?.plaintextDataKey === undefined) return undefined
      return ofContent(materials.plaintextDataKey, header, bytes)
    },
  }

  async function ofContent(key: SecretKey, header: ParsedHeader, bytes: Uint8Array): Promise<FailureCause | undefined> {
    const dataKey = key instanceof Uint8Array ? await p.importKey('HKDF', key) : key
    const commitment = await commit(p, dataKey, header.messageId, bytes.subarray(0, -COMMITMENT))
    if (!constantTimeEqual(commitment, header.commitment)) return { kind: 'header-changed' }
    const secret = lettered(item, 'e')
    const fields = secret.map((name) => ({ path: path(name), letter: 'e', ...parted(binaryOf(item, name) ?? new Uint8Array(2)) }))
    const outcomes = await Promise.all(secret.map(async (_, i) => opens(dataKey, header.messageId, fields, i)))
    // Unless another opens, it may be the attributes' positions or, with a manager that does not bind it, the table's name.
    const names = outcomes.includes(true) ? secret.filter((_, i) => !outcomes[i]) : []
    return { kind: 'content-changed', names }
  }

  /** Whether the tag of one field fits; its neighbours are only there to give it its key. */
  async function opens(dataKey: SecretKey, messageId: Uint8Array, fields: readonly Field[], i: number): Promise<boolean> {
    let called = 0
    const alone = withMethods<StructuredPrimitives>(p, {
      aesGcmDecrypt: async (...field: Parameters<StructuredPrimitives['aesGcmDecrypt']>) => {
        if (called++ === i) (await p.aesGcmDecrypt(...field)).fill(0)
        return new Uint8Array()
      },
    })
    return decryptFields(alone, dataKey, messageId, fields).then(
      () => true,
      () => false,
    )
  }
}

/** Asks once for each encryption context, and keeps the last keys. */
function watched(manager: MaterialsManager): {
  readonly manager: MaterialsManager
  readonly last: () => DecryptionMaterials<SecretKey> | undefined
} {
  const remember = remembering<DecryptionMaterials<SecretKey>>()
  let last: DecryptionMaterials<SecretKey> | undefined
  return {
    last: () => last,
    manager: {
      encryptionMaterials: () => {
        throw new ItemCryptoError('NO_MATERIALS', 'reads only')
      },
      async decryptionMaterials(request, p) {
        const { encryptionContext, reproducedContext } = request // the data keys are the same in all attempts
        const contexts = [encryptionContext, reproducedContext].map(Object.entries)
        last = await remember(JSON.stringify(contexts), () => manager.decryptionMaterials(request, p))
        return last
      },
    },
  }
}

function configurationOf({ keyring, materialsManager, ...rest }: StructuredItemEncryptorOptions): StructuredItemEncryptorOptions {
  return rest
}

function managerOf(key: OtherKey): MaterialsManager {
  return 'onDecrypt' in key ? defaultMaterialsManager(key as Keyring) : (key as MaterialsManager) // any other fails when asked
}

function headerOf(item: Item): { readonly header: ParsedHeader; readonly bytes: Uint8Array } | undefined {
  const bytes = binaryOf(item, HEADER)
  try {
    return bytes && { bytes, header: parseHeader(bytes) }
  } catch {
    return undefined
  }
}

function binaryOf(item: Item, name: string): Uint8Array | undefined {
  const value = entryOf(item, name)
  const { B } = Object(value) as { readonly B?: unknown } // it may be anything
  return B instanceof Uint8Array ? B : undefined
}

function indexOf(data: Uint8Array, part: Uint8Array): number {
  for (let at = data.indexOf(part[0]!); at >= 0; at = data.indexOf(part[0]!, at + 1)) {
    if (part.every((byte, i) => data[at + i] === byte)) return at
  }
  return -1
}
