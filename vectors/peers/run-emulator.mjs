/**
 * Starts a KMS that nobody here wrote, on this machine, and makes keys in it through its own API.
 *
 *     const emulator = await startEmulator('moto')
 *     const { arn } = await emulator.createKey({ KeySpec: 'SYMMETRIC_DEFAULT' })
 *     await emulator.close()
 *
 * What it needs is installed or built on first use, into places git ignores.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { CreateAliasCommand, CreateKeyCommand, GetPublicKeyCommand, KMSClient, ReplicateKeyCommand } from '@aws-sdk/client-kms'
import { startLocalKms } from '@itemseal/local-kms'
import { newer, prepareVenv, run, venvPython } from './run-peer.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const MOTO = join(HERE, 'kms-moto')
const LOCAL_KMS = join(HERE, 'kms-local-kms')
const BINARY = join(LOCAL_KMS, 'target', process.platform === 'win32' ? 'local-kms.exe' : 'local-kms')

/** `serves`: what it has of what keyrings ask for, seen by asking. */
const EMULATORS = {
  moto: {
    version: 'moto 5.2.5',
    // no Decrypt with an RSA key, no DeriveSharedSecret; its blobs keep 36 characters of the id of a multi-Region key, which has 40,
    // so that no such key opens what it made
    serves: ['symmetric'],
    prepare: () => prepareVenv(MOTO),
    command: [venvPython(MOTO), join(MOTO, 'server.py')],
  },
  'local-kms': {
    version: 'github.com/nsmithuk/local-kms v0.0.0-20260228092603-2a5e92d09ab6',
    serves: ['symmetric', 'RSA'], // no multi-Region keys, no DeriveSharedSecret
    prepare: prepareBinary,
    command: [BINARY],
  },
}

export const emulatorNames = Object.keys(EMULATORS)

/** Throws an Error that says what is missing when this machine cannot run it. `credentials`: neither of them looks at any. */
export async function startEmulator(name) {
  const { version, serves, prepare, command } = EMULATORS[name]
  await prepare()
  const child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'ignore'] })
  const ended = new Promise((_, reject) => {
    child.once('error', reject)
    child.once('close', (status) => reject(new Error(`${name} ended with status ${status}`)))
  })
  ended.catch(() => {})
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])
  const { endpoint } = JSON.parse(line)
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
  return {
    name,
    version,
    serves,
    endpoint,
    credentials,
    createKey: (options) => createKey({ endpoint, credentials }, options),
    close: async () => {
      child.stdin.end()
      await ended.catch(() => {})
    },
  }
}

/** Ours, in the same shape; with a `file`, its keys are kept there. */
export async function startOurs(file) {
  const kms = await startLocalKms(file === undefined ? {} : { file })
  return {
    name: 'ours',
    version: 'packages/local-kms',
    serves: ['symmetric', 'multi-Region', 'RSA', 'ECDH'],
    endpoint: kms.endpoint,
    credentials: kms.credentials,
    createKey: ({ KeySpec, regions, alias } = {}) =>
      kms.createKey({ ...(KeySpec && { spec: KeySpec }), ...(regions && { regions }), ...(alias && { aliases: [alias] }) }),
    close: () => kms.close(),
  }
}

/** A key with what a configuration names of it; `regions` but the first get a replica. */
async function createKey({ endpoint, credentials }, { regions = ['us-east-1'], alias, publicKey, ...input } = {}) {
  const client = (region) => new KMSClient({ endpoint, credentials, region })
  const [first, ...others] = regions
  const { KeyMetadata } = await client(first).send(new CreateKeyCommand({ ...input, MultiRegion: others.length > 0 }))
  const arns = { [first]: KeyMetadata.Arn }
  for (const ReplicaRegion of others) {
    const replica = await client(first).send(new ReplicateKeyCommand({ KeyId: KeyMetadata.KeyId, ReplicaRegion }))
    arns[ReplicaRegion] = replica.ReplicaKeyMetadata.Arn
  }
  if (alias !== undefined) await client(first).send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata.KeyId }))
  if (!publicKey) return { arn: KeyMetadata.Arn, arns }
  const { PublicKey } = await client(first).send(new GetPublicKeyCommand({ KeyId: KeyMetadata.Arn }))
  return { arn: KeyMetadata.Arn, arns, publicKey: PublicKey }
}

async function prepareBinary() {
  const sources = ['main.go', 'go.mod', 'go.sum'].map((file) => join(LOCAL_KMS, file))
  if (newer(BINARY, sources)) return
  mkdirSync(join(LOCAL_KMS, 'target'), { recursive: true })
  await run('go', ['build', '-o', BINARY, '.'], { cwd: LOCAL_KMS })
}
