/**
 * What is made of the kept results: tables, charts, the targets, and the figures of READMEs, between two marks each.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { floorChart, peersChart } from './charts.ts'
import { memoryMarkdown } from './memory-report.ts'
import { peersMarkdown } from './peer-report.ts'
import { recommendation, speed } from './readme-figures.ts'
import { markdown } from './report.ts'
import { type Results, readResults, writeResult } from './results.ts'
import { runtimesMarkdown } from './runtime-report.ts'
import { scalingChart, scalingMarkdown } from './scaling-report.ts'
import { targetsMarkdown } from './targets.ts'

/** Files with figures, and what makes them. */
export const READMES: readonly { readonly file: URL; readonly section: (results: Results) => string }[] = [
  { file: new URL('../../../README.md', import.meta.url), section: speed },
  { file: new URL('../../noble/README.md', import.meta.url), section: recommendation },
]

/** Files in `results/` that are made of the JSON there. */
export function figuresOf(results: Results): Readonly<Record<string, string>> {
  const { floor, peers, scaling, memory, runtimes } = results
  return {
    ...(floor && { 'results.md': markdown(floor.results, floor.machine), 'floor.svg': floorChart(floor) }),
    ...(peers && { 'peers.md': peersMarkdown(peers.results, peers, peers.machine), 'peers.svg': peersChart(peers) }),
    ...(scaling && {
      'scaling.md': scalingMarkdown(scaling.results, scaling.machine),
      'scaling.svg': scalingChart(scaling.results, scaling.machine),
    }),
    ...(memory && { 'memory.md': memoryMarkdown(memory.results, memory.machine) }),
    ...(runtimes && { 'runtimes.md': runtimesMarkdown(runtimes.results, runtimes.missing, runtimes.machine) }),
    'targets.md': targetsMarkdown(results),
  }
}

export function writeFigures(): void {
  const results = readResults()
  for (const [name, content] of Object.entries(figuresOf(results))) writeResult(name, content)
  for (const { file, section } of READMES) writeFileSync(file, withSection(readFileSync(file, 'utf8'), section(results)))
}

/** The text with what is between the marks replaced. @throws if there are no marks. */
export function withSection(text: string, section: string): string {
  const [start, end] = ['<!-- figures: npm run bench -- --figures -->\n', '<!-- /figures -->']
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error('no marks for figures')
  return `${text.slice(0, from + start.length)}\n${section}\n\n${text.slice(to)}`
}
