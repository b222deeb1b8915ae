/**
 * The charts of the README: ours over the floor, ours and the other clients.
 *
 * @module
 */
import { barChart } from './bar-chart.ts'
import type { Result } from './cases.ts'
import { OPERATIONS } from './operations.ts'
import type { PeerResult } from './peers.ts'
import { microseconds } from './report.ts'
import type { Taken } from './results.ts'

const FORMATS = ['classic', '0x6700']
const PROVIDERS = ['nodeCrypto', 'webCrypto']
const WORKS = ['small', 'medium', 'wide', 'nested', 'large']
const AXIS = 'microseconds of one item, each line ten times the one before'
const PANELS = FORMATS.flatMap((format) => OPERATIONS.map((operation) => ({ format, operation })))

const BARE = 'the bare calls of it'

/** Microseconds of ours, and of the bare calls of the same primitives. */
export function floorChart({ machine, results }: Taken<Result>): string {
  const panels = PANELS.map(({ format, operation }) => ({
    title: `${titleOf(format)}, ${operation}`,
    groups: WORKS.map((work) => ({
      name: work,
      bars: PROVIDERS.flatMap((provider) =>
        results
          .filter((it) => it.format === format && it.operation === operation && it.work === work && it.provider === provider)
          .flatMap(({ median, floor, overFloor }) => [
            { name: provider, value: median, label: `${microseconds(median)} µs, × ${overFloor.toFixed(2)}` },
            { name: BARE, value: floor, label: `${microseconds(floor)} µs` },
          ]),
      ),
    })),
  }))
  const axis = { title: AXIS, names: [...PROVIDERS, BARE] }
  return barChart(`One item, and its cryptography alone, ${machine.date}, Node ${machine.node}`, axis, panels, 2)
}

/** Microseconds of ours and of the peers. */
export function peersChart({ machine, results }: Taken<PeerResult>): string {
  const panels = PANELS.map(({ format, operation }) => ({
    title: `${titleOf(format)}, ${operation}`,
    groups: WORKS.map((work) => ({
      name: work,
      bars: results
        .filter((it) => it.format === format && it.operation === operation && it.work === work)
        .flatMap(({ ours, peers }) => [...Object.entries(ours), ...Object.entries(peers)])
        .map(([name, { median }]) => ({ name: clientOf(name), value: median, label: `${microseconds(median)} µs` })),
    })),
  }))
  const axis = { title: AXIS }
  return barChart(`One item, ours and the AWS clients, ${machine.date}, Node ${machine.node}`, axis, panels, 2)
}

/** A peer program by what people know: the client's language. */
export function clientOf(name: string): string {
  const language = /^(?:classic|structured)-(\w)(\w*)$/.exec(name)
  return language === null ? name : `AWS, ${language[1]!.toUpperCase()}${language[2]}`
}

function titleOf(format: string): string {
  return format === 'classic' ? 'classic' : `structured ${format}`
}
