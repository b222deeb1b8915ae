/**
 * The vectors: those of the project, and those that the peers publish, where they lie beside it.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { OwnVectors, PublishedItems, ScenarioVectors, Vectors } from '@itemseal/conformance'

const OWN = new URL('../../../vectors/', import.meta.url)
const PEERS = new URL('../../../../shared/vectors/', import.meta.url)

/** All files of `vectors/`, and of the peers' folder if there is one. */
export function readVectors(): Vectors {
  const files = ['classic', 'structured'].flatMap((format) =>
    readdirSync(new URL(format, OWN))
      .filter((name) => name.endsWith('.json'))
      .map((name) => `${format}/${name}`),
  )
  const own = Object.fromEntries(files.map((file) => [file, json<OwnVectors>(OWN, file)]))
  return existsSync(PEERS)
    ? { own, peers: { scenarios: scenarios(), items: items(), dataKeys: json(PEERS, 'keyrings/data-keys.json') } }
    : { own }
}

function scenarios(): ScenarioVectors {
  const folder = new URL('classic/encrypted_item/', PEERS)
  const listed = json<ScenarioVectors['scenarios']>(folder, 'scenarios.json')
  const files = listed.scenarios.flatMap(({ ciphertext, metastore }) => [ciphertext, ...(metastore ? [metastore.ciphertext] : [])])
  return {
    scenarios: listed,
    plaintext: json(folder, 'plaintext.json'),
    keys: json(folder, 'keys.json'),
    ciphertexts: Object.fromEntries(
      [...new Set(files)]
        .map((file) => [file, file.replace('file://', '')] as const)
        .filter(([, path]) => existsSync(new URL(path, folder)))
        .map(([file, path]) => [file, json(folder, path)]),
    ),
  }
}

function items(): PublishedItems {
  const manifests = ['decrypt_java_32', 'decrypt_dotnet_33']
  return {
    manifests: Object.fromEntries(manifests.map((name) => [name, json(PEERS, `structured/${name}.json`)])),
    iotest: json(PEERS, 'structured/iotest.json'),
    keys: json<Pick<PublishedItems, 'keys'>>(PEERS, 'structured/keys.json').keys,
  }
}

function json<T>(folder: URL, file: string): T {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as T
}
