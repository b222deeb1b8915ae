/**
 * AWS Signature Version 4 of a request, computed again from what arrived.
 *
 * @module
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { KmsFailure, type Request } from './wire.ts'

export interface LocalCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

const AUTHORIZATION = /^AWS4-HMAC-SHA256\s+(.*)$/
const MUST_BE_SIGNED = ['host', 'x-amz-date']
const MAX_SKEW_MS = 5 * 60_000

/**
 * Answers the region for which the request is signed.
 *
 * @throws `MissingAuthenticationTokenException`, `IncompleteSignatureException`, `UnrecognizedClientException`, `InvalidSignatureException`.
 */
export function verifySignature(request: Request, credentials: LocalCredentials, now: number): string {
  const header = AUTHORIZATION.exec(request.headers.authorization ?? '')?.[1]
  if (header === undefined) throw new KmsFailure('MissingAuthenticationTokenException', 'Missing Authentication Token')
  const part = (name: string) => new RegExp(`(?:^|[\\s,])${name}=([^\\s,]+)`).exec(header)?.[1]
  const [credential, signed, signature] = ['Credential', 'SignedHeaders', 'Signature'].map(part)
  if (credential === undefined || signed === undefined || signature === undefined)
    throw new KmsFailure('IncompleteSignatureException', 'Authorization needs Credential, SignedHeaders and Signature')

  const [accessKeyId, date, region, service, end] = credential.split('/')
  const time = String(request.headers['x-amz-date'])
  const token = request.headers['x-amz-security-token']
  if (accessKeyId !== credentials.accessKeyId || token !== credentials.sessionToken)
    throw new KmsFailure('UnrecognizedClientException', 'The security token included in the request is invalid.')
  if (!region || service !== 'kms' || end !== 'aws4_request' || !time.startsWith(`${date}T`))
    throw invalid('Credential should be scoped correctly.')
  const names = signed.split(';')
  const required = token === undefined ? MUST_BE_SIGNED : [...MUST_BE_SIGNED, 'x-amz-security-token']
  if (!required.every((name) => names.includes(name))) throw invalid('Host, date and token must be signed.')
  if (!(Math.abs(now - timeOf(time)) <= MAX_SKEW_MS)) throw invalid('Signature expired.')

  const scope = `${date}/${region}/kms/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonicalRequest(request, names))].join('\n')
  const key = [date!, region, 'kms', 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${credentials.secretAccessKey}`))
  const expected = Buffer.from(hmac(key, toSign).toString('hex'))
  const actual = Buffer.from(signature)
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual))
    throw invalid('The request signature we calculated does not match the signature you provided.')
  return region
}

function canonicalRequest({ method, path, headers, bytes }: Request, names: readonly string[]): string {
  const [pathname = '/', query = ''] = path.split('?')
  const lines = names.map(
    (name) =>
      `${name}:${String(headers[name] ?? '')
        .trim()
        .replace(/\s+/g, ' ')}\n`,
  )
  return [method, pathname, query.split('&').sort().join('&'), lines.join(''), names.join(';'), sha256(bytes)].join('\n')
}

function timeOf(time: string): number {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function invalid(message: string): KmsFailure {
  return new KmsFailure('InvalidSignatureException', message)
}
