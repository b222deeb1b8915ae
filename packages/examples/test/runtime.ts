import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** A built example. */
export function built(name: string): string {
  return fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url))
}

/** A test in a runtime that not every machine has: where it is missing, the name says so, and where CI is set it fails. */
export function testIn(runtime: string, present: boolean, name: string, run: () => Promise<void>): void {
  if (present) test(name, run)
  else if (process.env.CI) test(name, () => expect.fail(`${runtime} is missing here, and wanted where CI is set`))
  else test(`${name} (NOT RUN: ${runtime} is missing; npm run test:runtimes installs or names it)`, () => {})
}
