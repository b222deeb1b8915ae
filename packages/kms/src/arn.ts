/**
 * How KMS names keys (materials-and-keyrings, 2.4).
 *
 *     ARN           arn : partition : kms : region : account : key / id, or alias / name
 *     identifier    an ARN, the id of a key, or alias / name
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'

/** The parts of an ARN of KMS. */
export interface KmsArn {
  readonly partition: string
  readonly region: string
  readonly account: string
  readonly type: 'key' | 'alias'
  /** The id of a key, or the name of an alias. */
  readonly id: string
}

const ARN = /^arn:([^:]+):kms:([a-z0-9-]{1,63}):([^:]+):(key|alias)\/([^:]+)$/ // clients make a host's name of the Region
const ASCII = /^[\x01-\x7f]{1,2048}$/ // also its length
const PLAIN = /^(alias\/.+|[^/]+)$/s
const MULTI_REGION = /^mrk-/

/** `undefined` for what is not an ARN of KMS. */
export function parseKmsArn(text: string): KmsArn | undefined {
  const match = ASCII.test(text) ? ARN.exec(text) : null
  if (match === null) return undefined
  const [, partition, region, account, type, id] = match
  return { partition: partition!, region: region!, account: account!, type: type as KmsArn['type'], id: id! } // as the pattern has it
}

/** Inverse to `parseKmsArn`. */
export function formatKmsArn({ partition, region, account, type, id }: KmsArn): string {
  return `arn:${partition}:kms:${region}:${account}:${type}/${id}`
}

/** Whether KMS could know a key by this. */
export function isKmsIdentifier(text: string): boolean {
  return text.startsWith('arn:') ? parseKmsArn(text) !== undefined : ASCII.test(text) && PLAIN.test(text)
}

/** @throws `CONFIGURATION` for what is no identifier. */
export function checkKmsIdentifier(text: string, title: string): string {
  if (typeof text !== 'string' || !isKmsIdentifier(text))
    throw new ItemCryptoError('CONFIGURATION', `${title}: the ARN, id or alias of a KMS key is wanted`)
  return text
}

/** The ARN of a key, not of an alias. */
export function parseKmsKeyArn(text: string): KmsArn | undefined {
  const arn = parseKmsArn(text)
  return arn?.type === 'key' ? arn : undefined
}

/** Its Region, or none for what is no ARN. */
export function regionOf(identifier: string): string {
  return parseKmsArn(identifier)?.region ?? ''
}

export function isMultiRegionArn({ type, id }: KmsArn): boolean {
  return type === 'key' && MULTI_REGION.test(id)
}

/** The id of a multi-Region key; `undefined` for every other identifier, aliases among them. */
export function multiRegionIdOf(identifier: string): string | undefined {
  const arn = parseKmsArn(identifier)
  if (arn !== undefined) return isMultiRegionArn(arn) ? arn.id : undefined
  return MULTI_REGION.test(identifier) ? identifier : undefined
}

/** Whether two identifiers are the same, or ARNs of one multi-Region key. */
export function isSameKey(a: string, b: string): boolean {
  if (a === b) return true
  const [one, other] = [parseKmsArn(a), parseKmsArn(b)]
  if (one === undefined || other === undefined || !isMultiRegionArn(one) || !isMultiRegionArn(other)) return false
  return formatKmsArn({ ...one, region: other.region }) === b
}
