/**
 * The configuration file: from its JSON to an item encryptor.
 *
 * @module
 */
import type { CryptoAction, ItemEncryptor, Primitives } from '@itemseal/core'
import { classicItemEncryptor, type Dialect } from '@itemseal/core/classic'
import { classicProvider, type Surroundings } from './classic-config.ts'
import { at, type Json, object, oneOf, optional, recordOf, text, wrong } from './config-reader.ts'

export type { Surroundings } from './classic-config.ts'
export type { KeyTools } from './keys.ts'

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

const KEYS = ['format', 'table', 'partitionKey', 'sortKey', 'actions', 'dialect', 'keys']
const action = oneOf<CryptoAction>(['ENCRYPT_AND_SIGN', 'SIGN_ONLY', 'DO_NOTHING'])

/**
 * The encryptor that a configuration describes, for one command.
 *
 * @param json the parsed configuration file
 * @throws `CONFIGURATION`, naming the key that is wrong.
 */
export function encryptorFromConfig(json: unknown, command: Purpose['command'], options: EncryptorOptions): ItemEncryptor {
  const config = object(json, '')
  oneOf(['classic'])(config.format, 'format')
  object(config, '', KEYS)
  const actions = readActions(config)
  const encrypts = [actions.default, ...Object.values(actions.attributes)].includes('ENCRYPT_AND_SIGN')
  const sortKey = optional(config.sortKey, 'sortKey', text)
  const dialect = optional(config.dialect, 'dialect', oneOf<Dialect>(['java', 'python'])) ?? 'java'
  const names = { tableName: text(config.table, 'table'), partitionKey: text(config.partitionKey, 'partitionKey') }
  const provider = classicProvider(config.keys, 'keys', { command, encrypts, dialect }, options)
  return at('actions', () =>
    classicItemEncryptor({
      ...names,
      ...(sortKey !== undefined && { sortKey }),
      dialect,
      ...(options.primitives && { primitives: options.primitives }),
      ...(options.allowPlaintext && { plaintextItems: 'allow' }),
      provider,
      actions,
    }),
  )
}

function readActions({ actions }: Json): { default: CryptoAction; attributes: Record<string, CryptoAction> } {
  const { default: other, attributes } = object(actions, 'actions', ['default', 'attributes'])
  return {
    default: optional(other, 'actions.default', action) ?? wrong('actions.default', 'missing'),
    attributes: optional(attributes, 'actions.attributes', recordOf(action)) ?? {},
  }
}
