import { existsSync, readFileSync } from 'node:fs'

const folder = new URL('../../../../../shared/vectors/', import.meta.url)

/** Data published by the peers lies beside the project. Where it does not, the tests say so. */
export const peerVectors = {
  present: existsSync(folder),
  title: (name: string): string => (existsSync(folder) ? name : `${name} (skipped: no ../shared/vectors beside the project)`),
  read: (path: string): unknown => JSON.parse(readFileSync(new URL(path, folder), 'utf8')),
}
