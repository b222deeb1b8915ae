/**
 * KMS over `fetch`, for any runtime that has it: signed by aws4fetch, with attempts and time limits of our own.
 *
 * @module
 */
import { fromBase64, ItemCryptoError, type MaybePromise, toBase64 } from '@itemseal/core'
import { AwsV4Signer } from 'aws4fetch'
import type { KmsCallOptions, KmsClient } from './client.ts'
import { withDeadline } from './deadline.ts'
import { type KmsError, kmsError, kmsFailure } from './failure.ts'
import { turns } from './turns.ts'

/** As the SDK's credential providers give them. */
export interface KmsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  /** Until a minute before, what a provider gave is used again. */
  readonly expiration?: Date | undefined
}

/** For `fetchKmsClient`. */
export interface FetchKmsClientOptions {
  readonly region: string
  /** By default that of AWS in the Region. Data keys travel to it: only `https:`, or a host of this machine. */
  readonly endpoint?: string
  /** Or who gives them: asked before each attempt, unless what it gave has an `expiration` that is not near. */
  readonly credentials: KmsCredentials | (() => MaybePromise<KmsCredentials>)
  /** Calls off all that is under way, and all that follows. */
  readonly signal?: AbortSignal
  /** For each attempt. By default 5 seconds. */
  readonly timeoutMs?: number
  /** Calls under way at once; others wait for their turn, and their time has not begun. By default 50. */
  readonly maxConcurrent?: number
  /** The first included. By default 4. */
  readonly maxAttempts?: number
  /** The longest wait before the second attempt; it doubles from one to the next, up to 5 seconds. By default 100. */
  readonly backoffMs?: number
}

type Output = Readonly<Record<string, unknown>>

const MAX_BACKOFF_MS = 5000
const RENEW_MS = 60_000
const REGION = /^[a-z0-9-]+$/
const THIS_MACHINE = /^(localhost|127(\.\d+){3}|\[::1\])$/
/** Of the Regions of other partitions than `aws` and `aws-us-gov`, by what their names begin with. */
const DOMAINS: Readonly<Record<string, string>> = {
  cn: 'amazonaws.com.cn',
  eusc: 'amazonaws.eu',
  'us-iso': 'c2s.ic.gov',
  'us-isob': 'sc2s.sgov.gov',
  'us-isof': 'csp.hci.ic.gov',
  'eu-isoe': 'cloud.adc-e.uk',
}
const THROTTLING = /^(Throttling|ThrottlingException|ThrottledException|RequestLimitExceeded|TooManyRequestsException|RequestThrottled.*)$/
const BLOBS = ['Plaintext', 'CiphertextBlob', 'PublicKey', 'SharedSecret']

/**
 * A client for one Region. It tries again, after a random wait that grows, when it is throttled, when KMS is in trouble and when
 * the network is; all else, and the last attempt, is a `NO_MATERIALS` with a `KmsError` as `cause`.
 *
 * @throws `CONFIGURATION` for what can be no Region, an endpoint that would show data keys to the network, or impossible numbers.
 *
 * @example
 * const client = fetchKmsClient({ region: 'eu-west-1', credentials: { accessKeyId, secretAccessKey } })
 */
export function fetchKmsClient(options: FetchKmsClientOptions): KmsClient & { readonly region: string } {
  const { region, signal, timeoutMs = 5000, maxConcurrent = 50, maxAttempts = 4, backoffMs = 100 } = options
  const url = endpointOf(options)
  if (!(timeoutMs > 0 && backoffMs >= 0 && Number.isSafeInteger(maxAttempts) && maxAttempts >= 1))
    throw new ItemCryptoError('CONFIGURATION', 'KMS client: timeoutMs, backoffMs and maxAttempts are numbers above zero')
  const credentials = renewed(options.credentials)
  const inTurn = turns(maxConcurrent)
  const cache = new Map<string, ArrayBuffer>() // signing keys, each good for a day

  const attempt = async (operation: string, body: string, abort: AbortSignal): Promise<Output> => {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials()
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` }
    const identity = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
    if (cache.size > 1) cache.clear() // what it keeps, it keeps under the secret, and for ever
    const signer = new AwsV4Signer({ method: 'POST', url, headers, body, ...identity, service: 'kms', region, cache })
    const signed = await signer.sign()
    // Nobody is to lead a signed request elsewhere.
    const response = await fetch(signed.url, { method: 'POST', headers: signed.headers, body, signal: abort, redirect: 'manual' })
    const requestId = response.headers.get('x-amzn-requestid')
    const facts = { status: response.status, ...(requestId !== null && { requestId }) }
    const answer = parse(await response.text())
    if (!response.ok) throw kmsError(nameOf(answer), messageOf(answer), facts)
    const output = answer && blobs(answer)
    if (output === undefined) throw kmsError('KmsUnreachable', 'the answer is not that of KMS', facts)
    return output
  }

  const call = async (operation: string, input: object, { signal: own }: KmsCallOptions = {}): Promise<Output> => {
    const body = JSON.stringify(input, base64Of)
    const signals = [signal, own]
    try {
      for (let i = 1; ; i++) {
        try {
          return await inTurn(signals, () => withDeadline({ timeoutMs, signals }, (abort) => attempt(operation, body, abort)))
        } catch (error) {
          if (i >= maxAttempts || signals.some((each) => each?.aborted) || !worthAnother(error)) throw error
        }
        await pause(Math.min(backoffMs * 2 ** (i - 1), MAX_BACKOFF_MS), signals)
      }
    } catch (error) {
      throw kmsFailure(operation, error)
    }
  }

  return {
    region,
    decrypt: (input, own) => call('Decrypt', input, own),
    encrypt: (input, own) => call('Encrypt', input, own),
    generateDataKey: (input, own) => call('GenerateDataKey', input, own),
    generateDataKeyWithoutPlaintext: (input, own) => call('GenerateDataKeyWithoutPlaintext', input, own),
    reEncrypt: (input, own) => call('ReEncrypt', input, own),
    getPublicKey: (input, own) => call('GetPublicKey', input, own),
    deriveSharedSecret: (input, own) => call('DeriveSharedSecret', input, own),
  }
}

function endpointOf({ region, endpoint }: FetchKmsClientOptions): string {
  if (!REGION.test(region)) throw new ItemCryptoError('CONFIGURATION', 'KMS client: region is not the name of a Region')
  if (endpoint === undefined) {
    const partition = Object.keys(DOMAINS).find((begin) => region.startsWith(`${begin}-`)) ?? ''
    return `https://kms.${region}.${DOMAINS[partition] ?? 'amazonaws.com'}/`
  }
  if (!URL.canParse(endpoint)) throw new ItemCryptoError('CONFIGURATION', 'KMS client: endpoint is no URL')
  const { protocol, hostname, href, username, password } = new URL(endpoint)
  if (username || password) throw new ItemCryptoError('CONFIGURATION', 'KMS client: endpoint: no user and no password')
  if (protocol !== 'https:' && !(protocol === 'http:' && THIS_MACHINE.test(hostname)))
    throw new ItemCryptoError('CONFIGURATION', 'KMS client: endpoint: https is wanted, since data keys travel to it')
  return href
}

function renewed(source: FetchKmsClientOptions['credentials']): () => Promise<KmsCredentials> {
  let kept = typeof source === 'function' ? undefined : source
  return async () => {
    if (typeof source !== 'function') return source
    const expiration = kept?.expiration === undefined ? Number.NaN : new Date(kept.expiration).getTime() // those of a container come as text
    if (kept === undefined || !(expiration - Date.now() >= RENEW_MS)) kept = await source()
    return kept
  }
}

/** Network errors come without a status; those of the credentials provider do too, and may pass as well. */
function worthAnother(error: unknown): boolean {
  const { name, status = 503 } = error as KmsError // whatever was thrown, these are at worst undefined
  return status >= 500 || status === 429 || THROTTLING.test(name)
}

/** Up to so long: were all to wait equally long, all would come back at once. Nothing secret hangs on this randomness. */
async function pause(upTo: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  const over = withDeadline({ timeoutMs: Math.random() * upTo, signals }, () => new Promise<never>(() => {}))
  await over.catch((error: unknown) => {
    if (signals.some((signal) => signal?.aborted)) throw error
  })
}

/** For `JSON.stringify`, which gives what a Buffer makes of itself, and not the Buffer. */
function base64Of(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const own = this[name]
  return own instanceof Uint8Array ? toBase64(own) : value
}

function parse(text: string): Output | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null ? (answer as Output) : undefined // checked here
  } catch {
    return undefined
  }
}

/** `AccessDeniedException` of `com.amazonaws.kms#AccessDeniedException`. */
function nameOf(answer: Output | undefined): string {
  return typeof answer?.__type === 'string' ? answer.__type.replace(/^.*#/, '') : 'KmsUnreachable'
}

function messageOf(answer: Output | undefined): string {
  const message = answer?.message ?? answer?.Message
  return typeof message === 'string' ? message : ''
}

function blobs(answer: Output): Output | undefined {
  try {
    const bytes = BLOBS.flatMap((name) => (typeof answer[name] === 'string' ? [[name, fromBase64(answer[name])] as const] : []))
    return { ...answer, ...Object.fromEntries(bytes) }
  } catch {
    return undefined
  }
}
