/**
 * Writes a file of vectors: a case a line, and keys, which are long and few, once, as `{"$key": name}` in the configurations.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const { keys: material } = JSON.parse(readFileSync(new URL('keys.json', import.meta.url), 'utf8'))
const names = new Map(Object.entries(material).map(([name, bytes]) => [bytes, name]))

/** `cases` are `{ name, config, encrypted, plaintext }` or, to be refused, `{ name, config, encrypted, error }`. Gives the file's size. */
export function writeVectors(file, origin, cases) {
  const keys = {}
  const lines = cases.map(({ config, ...it }) => JSON.stringify({ ...it, config: { ...config, keys: withoutMaterial(config.keys, keys) } }))
  const keyLines = Object.entries(keys).map(([name, key]) => `${JSON.stringify(name)}: ${JSON.stringify(key)}`)
  const text = `{\n"origin": ${JSON.stringify(origin)},\n"keys": {\n${keyLines.join(',\n')}\n},\n"cases": [\n${lines.join(',\n')}\n]\n}\n`
  writeFileSync(new URL(`../${file}`, import.meta.url), text)
  return text.length
}

function withoutMaterial(provider, keys) {
  const reference = ([role, value]) => {
    if (typeof value !== 'object' || value.material === undefined) return [role, value]
    const bytes = value.encoding === 'PEM' ? value.material.replace(/-----[^-]+-----|\n/g, '') : value.material
    const name = [names.get(bytes), value.algorithm, ...(value.encoding === 'PEM' ? ['PEM'] : [])].join(' ')
    keys[name] = value
    return [role, { $key: name }]
  }
  return Object.fromEntries(Object.entries(provider).map(reference))
}
