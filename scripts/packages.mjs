// The packages that are published, and their manifests.
import { readFileSync } from 'node:fs'

export const PUBLISHED = ['core', 'dynamodb', 'node', 'noble', 'kms', 'cli'].map((folder) => {
  const path = new URL(`../packages/${folder}/`, import.meta.url)
  return { folder, path, manifest: JSON.parse(readFileSync(new URL('package.json', path), 'utf8')) }
})

/** `write` in place of what is there, or, with `--accept` missing on the command line, find it the same. */
export function kept(file, text, write) {
  let known = ''
  try {
    known = readFileSync(file, 'utf8')
  } catch {
    // not there yet
  }
  if (known === text) return true
  if (process.argv.includes('--accept')) write(file, text)
  return process.argv.includes('--accept')
}
