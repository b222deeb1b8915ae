/**
 * What happens to each attribute in the classic format, from a checked configuration.
 *
 * @module
 */
import { attribute, ItemCryptoError } from '../errors.ts'
import type { AttributeActions, CryptoAction } from '../item.ts'

const ACTIONS: readonly CryptoAction[] = ['ENCRYPT_AND_SIGN', 'SIGN_ONLY', 'DO_NOTHING']

/**
 * Gives the action of any name. Keys are signed and never encrypted, whatever the default.
 *
 * @throws `CONFIGURATION` for a key that is configured otherwise, a reserved name, or an action of another format.
 */
export function resolveActions(
  actions: AttributeActions,
  keys: readonly string[],
  reserved: readonly string[],
): (name: string) => CryptoAction {
  const { default: other = 'ENCRYPT_AND_SIGN', attributes = {} } = actions
  const resolved = new Map(Object.entries(attributes))
  for (const key of keys) {
    if ((resolved.get(key) ?? 'SIGN_ONLY') !== 'SIGN_ONLY') refuse(`key ${attribute(key)} is SIGN_ONLY always`)
    resolved.set(key, 'SIGN_ONLY')
  }
  for (const name of reserved) if (resolved.has(name)) refuse(`${attribute(name)} is reserved`)
  for (const action of [other, ...resolved.values()]) if (!ACTIONS.includes(action)) refuse(`classic actions are ${ACTIONS.join(', ')}`)
  return (name) => resolved.get(name) ?? other
}

export function refuse(message: string): never {
  throw new ItemCryptoError('CONFIGURATION', message)
}
