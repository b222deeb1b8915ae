/**
 * The released clients beside ours: the same items and the same raw keys, each client in a process of its own, ours too, where it
 * loops by itself with its encryptor made, and all take turns.
 *
 * @module
 */
import { type Item, itemToJson } from '@itemseal/core'
import { type Case, casesMatching } from './cases.ts'
import { FORMATS, KEYS, TABLE } from './formats.ts'
import { PLAIN_WORKS } from './least.ts'
import { inputsOf, type Operation } from './operations.ts'
import { LEAST, type OwnProcess, startOwn } from './own-process.ts'
import { PROVIDERS } from './providers.ts'
import { ratio, type Schedule, type Series, type Subject, takeTurns } from './timing.ts'
import { workNamed } from './works.ts'

/** Formats, and the peer programs that have them. */
const PEERS: Readonly<Record<string, readonly string[]>> = {
  classic: ['classic-python', 'classic-java'],
  '0x6700': ['structured-java', 'structured-rust'],
  '0x6701': ['structured-java', 'structured-rust'],
}
const OURS = ['nodeCrypto', 'webCrypto', LEAST] as const

/** Milliseconds of running before anybody is timed, for each case: a virtual machine compiles in several steps. */
const WARM_UP = 1500

/** A peer program, see `vectors/peers/run-peer.mjs`. */
export interface Peer {
  readonly name: string
  readonly version: string
  request(requests: readonly object[]): Promise<readonly Answer[]>
  close(): Promise<void>
}

interface Answer {
  readonly error?: string
  readonly nanoseconds?: number
  readonly runtime?: string
}

/** Of the rounds: the middle one, and the least, which what else the machine does disturbs least. */
export interface Middle {
  readonly median: number
  readonly least: number
}

/** A case of ours over any provider. */
export type PeerCase = Omit<Case, 'provider'>

export interface PeerResult extends PeerCase {
  /** By provider, microseconds; and of the least code, where there is one. */
  readonly ours: Readonly<Record<string, Middle>>
  /** By name, microseconds; and by provider how many times ours that is: the median of the rounds' ratios, the ratio of the leasts. */
  readonly peers: Readonly<Record<string, Middle & { readonly times: Readonly<Record<string, Middle>> }>>
  readonly rounds: number
}

/** The peers that can be run here, and for each of the others what is missing. */
export async function startPeers(): Promise<{ readonly peers: readonly Peer[]; readonly missing: Readonly<Record<string, string>> }> {
  const program = new URL('../../../vectors/peers/run-peer.mjs', import.meta.url) // no package: there is no name to import
  const { startPeer } = (await import(program.href)) as { startPeer(name: string, options: { timed: boolean }): Promise<Peer> }
  const peers: Peer[] = []
  const missing: Record<string, string> = {}
  for (const name of new Set(Object.values(PEERS).flat())) {
    try {
      peers.push(await startPeer(name, { timed: true }))
    } catch (error) {
      missing[name] = error instanceof Error ? error.message : String(error)
    }
  }
  return { peers, missing }
}

/** Ours, in processes of their own too. */
export function startOurs(): OwnProcess[] {
  return OURS.map(startOwn)
}

/** Formats, works and operations in which some peer is to be timed. A page is ours only: peers have no operation on many items. */
export function peerCases(only: string): PeerCase[] {
  return casesMatching(`nodeCrypto ${only}`)
    .filter(({ format, work }) => Object.hasOwn(PEERS, format) && work !== 'page')
    .map(({ format, work, operation }) => ({ format, work, operation }))
}

/** All who have the format take turns. They decrypt the same encrypted item, ours. */
export async function measurePeers(
  it: PeerCase,
  ours: readonly OwnProcess[],
  peers: readonly Peer[],
  schedule: Schedule,
): Promise<PeerResult> {
  const { format, work, operation } = it
  const [input] = await inputsOf(FORMATS[format]!(PROVIDERS.nodeCrypto!), operation, workNamed(work).items)
  const own = ours.filter(({ name }) => name !== LEAST || (format === 'classic' && PLAIN_WORKS.includes(work)))
  const able = peers.filter(({ name }) => PEERS[format]!.includes(name))
  const subjects = [
    ...(await Promise.all(own.map((process) => process.subject(it, input!)))),
    ...able.map((peer) => inPeer(peer, configOf(format), operation, input!)),
  ]
  for (const subject of subjects) await warm(subject)
  const all = await takeTurns(subjects, schedule)
  const [ownNames, names] = [own, able].map((those) => those.map(({ name }) => name))
  return { ...it, ...comparison(ownNames!, names!, all) }
}

/** What the series come to: first ours, then the peers', in the order of their names. */
export function comparison(
  ours: readonly string[],
  peers: readonly string[],
  all: readonly Series[],
): Pick<PeerResult, 'ours' | 'peers' | 'rounds'> {
  const own = ours.map((name, i) => [name, all[i]!] as const)
  const compared = peers.map((name, i) => {
    const theirs = all[ours.length + i]!
    const times = own.map(([provider, it]) => [provider, { median: ratio(theirs, it), least: theirs.least / it.least }] as const)
    return [name, { ...middle(theirs), times: Object.fromEntries(times) }] as const
  })
  return {
    ours: Object.fromEntries(own.map(([name, it]) => [name, middle(it)])),
    peers: Object.fromEntries(compared),
    rounds: all[0]!.rounds.length,
  }
}

/** What a peer's process runs on, as it says itself. */
export async function runtimeOf(peer: Peer): Promise<string> {
  const format = Object.keys(PEERS).find((known) => PEERS[known]!.includes(peer.name))!
  const answer = await bench(peer, configOf(format), 'encrypt', workNamed('small').items[0]!, 1)
  return answer.runtime ?? 'unknown'
}

function middle({ median, least }: Series): Middle {
  return { median, least }
}

function inPeer(peer: Peer, config: object, operation: Operation, item: Item): Subject {
  return {
    async measure(runs) {
      const { nanoseconds } = await bench(peer, config, operation, item, runs)
      return nanoseconds! / 1000 / runs
    },
  }
}

/** Each request makes an encryptor: the first run with it does not count. */
async function bench(peer: Peer, config: object, direction: Operation, item: Item, iterations: number): Promise<Answer> {
  const [answer] = await peer.request([{ op: 'bench', config, direction, item: itemToJson(item), warmup: 1, iterations }])
  if (answer?.nanoseconds === undefined) throw new Error(`${peer.name}, ${direction}: ${answer?.error ?? 'no time'}`)
  return answer
}

async function warm(subject: Subject): Promise<void> {
  let spent = 0
  for (let runs = 1; spent < WARM_UP; ) {
    const took = ((await subject.measure(runs)) * runs) / 1000
    spent += took
    if (took < WARM_UP / 8) runs *= 2
  }
}

/** What `FORMATS` has, as a configuration file says it. */
function configOf(format: string): object {
  const common = { table: TABLE, partitionKey: 'pk', sortKey: 'sk', actions: { default: 'ENCRYPT_AND_SIGN' } }
  if (format !== 'classic') {
    const keys = { keyring: 'raw-aes', namespace: 'bench', name: 'a key', wrappingKey: base64(KEYS.wrapping) }
    return { format: 'structured', ...common, algorithmSuite: format, keys }
  }
  const key = (algorithm: string, bytes: Uint8Array) => ({ algorithm, encoding: 'RAW', type: 'symmetric', material: base64(bytes) })
  const keys = { provider: 'static', encryptionKey: key('AES', KEYS.encryption), signingKey: key('HmacSHA256', KEYS.signing) }
  return { format: 'classic', ...common, keys }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
