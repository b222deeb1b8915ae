/**
 * The configuration file: from its JSON to an item encryptor.
 *
 * @module
 */
import { type CryptoAction, ItemCryptoError, type ItemEncryptor, type Primitives } from '@itemseal/core'
import { classicItemEncryptor, type Dialect } from '@itemseal/core/classic'
import { migratingEncryptor } from '@itemseal/core/migration'
import { type AlgorithmSuiteId, structuredItemEncryptor } from '@itemseal/core/structured'
import { classicProvider } from './classic-config.ts'
import { at, type Json, listOf, object, oneOf, optional, recordOf, text, wrong } from './config-reader.ts'
import { structuredKeyring } from './structured-config.ts'
import type { Surroundings } from './surroundings.ts'

export type { KeyTools } from './keys.ts'
export type { Surroundings } from './surroundings.ts'

/** What the keys are wanted for: what is not needed may be missing. */
export interface Purpose {
  readonly command: 'encrypt' | 'decrypt'
  /** Whether an attribute may come to be encrypted. */
  readonly encrypts: boolean
  readonly dialect: Dialect
}

export interface EncryptorOptions extends Surroundings {
  readonly primitives?: Primitives
  /** Lets items pass that bear neither signature nor description. */
  readonly allowPlaintext?: boolean
}

const CLASSIC_ACTIONS: readonly CryptoAction[] = ['ENCRYPT_AND_SIGN', 'SIGN_ONLY', 'DO_NOTHING']
const STRUCTURED_ACTIONS: readonly CryptoAction[] = [...CLASSIC_ACTIONS, 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT']
const STRUCTURED = ['aws_dbe_head', 'aws_dbe_foot']
const COMMON = ['format', 'table', 'partitionKey', 'sortKey', 'actions', 'keys']
const UNSIGNED = ['allowedUnsignedAttributes', 'allowedUnsignedAttributePrefix']
const FORMATS = { classic: classicEncryptor, structured: structuredEncryptor } as const

/**
 * The encryptor that a configuration describes, for one command.
 *
 * @param json the parsed configuration file
 * @throws `CONFIGURATION`, naming the key that is wrong.
 */
export function encryptorFromConfig(json: unknown, command: Purpose['command'], options: EncryptorOptions): ItemEncryptor {
  const config = object(json, '')
  const format = oneOf([...(Object.keys(FORMATS) as (keyof typeof FORMATS)[])])(config.format, 'format')
  return FORMATS[format](config, command, options)
}

function classicEncryptor(config: Json, command: Purpose['command'], options: EncryptorOptions): ItemEncryptor {
  object(config, '', [...COMMON, 'dialect'])
  const { default: other, attributes } = readActions(config, ['default', 'attributes'], CLASSIC_ACTIONS)
  const actions = { default: other ?? wrong('actions.default', 'missing'), attributes }
  const encrypts = [actions.default, ...Object.values(attributes)].includes('ENCRYPT_AND_SIGN')
  const dialect = optional(config.dialect, 'dialect', oneOf<Dialect>(['java', 'python'])) ?? 'java'
  const table = readTable(config)
  const provider = classicProvider(config.keys, 'keys', { command, encrypts, dialect }, options)
  const encryptor = at('actions', () =>
    classicItemEncryptor({
      ...table,
      dialect,
      provider,
      actions,
      ...(options.primitives && { primitives: options.primitives }),
      ...(options.allowPlaintext && { plaintextItems: 'allow' }),
    }),
  )
  return options.allowPlaintext ? refusingStructured(encryptor) : encryptor
}

/** An item of the other format bears none of this one's attributes, and is no plaintext. */
function refusingStructured(encryptor: ItemEncryptor): ItemEncryptor {
  return {
    ...encryptor,
    async decryptItem(item) {
      if (STRUCTURED.some((name) => Object.hasOwn(item, name)))
        throw new ItemCryptoError('UNSUPPORTED', 'an item of the structured format, and the configuration is of the classic one')
      return encryptor.decryptItem(item)
    },
  }
}

function structuredEncryptor(config: Json, command: Purpose['command'], options: EncryptorOptions): ItemEncryptor {
  object(config, '', [...COMMON, ...UNSIGNED, 'algorithmSuite'])
  const { default: other, attributes, unsigned } = readActions(config, ['default', 'attributes', ...UNSIGNED], STRUCTURED_ACTIONS)
  const algorithmSuite = optional(config.algorithmSuite, 'algorithmSuite', oneOf<AlgorithmSuiteId>(['0x6700', '0x6701']))
  const table = readTable(config)
  const keyring = structuredKeyring(config.keys, 'keys', command, options)
  const encryptor = at('actions', () =>
    structuredItemEncryptor({
      ...table,
      ...unsigned,
      keyring,
      actions: { ...(other && { default: other }), attributes },
      ...(algorithmSuite && { algorithmSuite }),
      ...(options.primitives && { primitives: options.primitives }),
    }),
  )
  return options.allowPlaintext
    ? migratingEncryptor({ encryptor, plaintextOverride: 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' })
    : encryptor
}

function readTable(config: Json): { tableName: string; partitionKey: string; sortKey?: string } {
  const sortKey = optional(config.sortKey, 'sortKey', text)
  const partitionKey = text(config.partitionKey, 'partitionKey')
  if (sortKey === partitionKey) wrong('sortKey', 'is the partitionKey')
  return {
    tableName: text(config.table, 'table'),
    partitionKey,
    ...(sortKey !== undefined && { sortKey }),
  }
}

interface ReadActions {
  readonly default: CryptoAction | undefined
  readonly attributes: Record<string, CryptoAction>
  readonly unsigned: { allowedUnsignedAttributes?: string[]; allowedUnsignedAttributePrefix?: string }
}

/** What may be unsigned stands beside the default, or at the top. */
function readActions(config: Json, keys: readonly string[], choices: readonly CryptoAction[]): ReadActions {
  const actions = object(config.actions, 'actions', keys)
  const unsigned = <T>(key: string, read: (value: unknown, path: string) => T) => {
    if (config[key] !== undefined && actions[key] !== undefined) wrong(`actions.${key}`, 'stands at the top too')
    return optional(config[key], key, read) ?? optional(actions[key], `actions.${key}`, read)
  }
  const names = unsigned('allowedUnsignedAttributes', listOf(text))
  const prefix = unsigned('allowedUnsignedAttributePrefix', text)
  return {
    default: optional(actions.default, 'actions.default', oneOf(choices)),
    attributes: optional(actions.attributes, 'actions.attributes', recordOf(oneOf(choices))) ?? {},
    unsigned: {
      ...(names && { allowedUnsignedAttributes: names }),
      ...(prefix !== undefined && { allowedUnsignedAttributePrefix: prefix }),
    },
  }
}
