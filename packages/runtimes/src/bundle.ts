/**
 * The suite as one file, for runtimes that do not read packages.
 *
 * @module
 */
import { fileURLToPath } from 'node:url'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { rollup } from 'rollup'

/** A built module with all it imports, as one file. */
export async function bundle(input: string, format: 'es' | 'iife'): Promise<string> {
  const rootDir = fileURLToPath(new URL('../../..', import.meta.url))
  const bundled = await rollup({ input, plugins: [nodeResolve({ rootDir })] })
  const { output } = await bundled.generate({ format, name: 'suite', inlineDynamicImports: true })
  await bundled.close()
  return output[0].code
}

const kept = new Map<string, Promise<string>>()

/** The suite, bundled once for all that want it in this form; it exports `run`. */
export function suiteBundle(format: 'es' | 'iife'): Promise<string> {
  const known = kept.get(format) ?? bundle(fileURLToPath(new URL('../dist/inside/portable.js', import.meta.url)), format)
  kept.set(format, known)
  return known
}
