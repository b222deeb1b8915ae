/**
 * Writes a file of vectors: a case a line, and keys, which are long and few, once, as `{"$key": name}` in the configurations.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const { keys: material } = JSON.parse(readFileSync(new URL('keys.json', import.meta.url), 'utf8'))
const names = new Map(Object.entries(material).map(([name, bytes]) => [bytes, name]))

/** `cases` are `{ name, config, encrypted, plaintext }` or, to be refused, `{ name, config, encrypted, error }`. Gives the file's size. */
export function writeVectors(file, origin, cases) {
  const keys = {}
  const lines = cases.map(({ config, ...it }) => JSON.stringify({ ...it, config: { ...config, keys: withoutMaterial(config.keys, keys) } }))
  const keyLines = Object.entries(keys).map(([name, key]) => `${JSON.stringify(name)}: ${JSON.stringify(key)}`)
  const text = `{\n"origin": ${JSON.stringify(origin)},\n"keys": {\n${keyLines.join(',\n')}\n},\n"cases": [\n${lines.join(',\n')}\n]\n}\n`
  const target = new URL(`../${file}`, import.meta.url)
  mkdirSync(new URL('.', target), { recursive: true })
  writeFileSync(target, text)
  return text.length
}

/** A key is an object with its material (classic) or, where it is long, the text of a PEM (structured). */
function withoutMaterial(value, keys) {
  if (typeof value === 'string' && value.startsWith('-----BEGIN')) return reference([], value, value, keys)
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((member) => withoutMaterial(member, keys))
  if (value.material !== undefined) return reference([value.algorithm], value.material, value, keys)
  return Object.fromEntries(Object.entries(value).map(([role, member]) => [role, withoutMaterial(member, keys)]))
}

function reference(words, material, key, keys) {
  const isPem = material.startsWith('-----BEGIN')
  const bytes = isPem ? material.replace(/-----[^-]+-----|\n/g, '') : material
  const name = [names.get(bytes), ...words, ...(isPem ? ['PEM'] : [])].join(' ')
  keys[name] = key
  return { $key: name }
}
