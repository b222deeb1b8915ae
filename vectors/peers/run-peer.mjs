/**
 * Starts a peer program and speaks its protocol: a JSON request a line in, a JSON answer a line out, in order.
 *
 *     const peer = await startPeer('classic-python')
 *     const [answer] = await peer.request([{ op: 'encrypt', config, item }])
 *     await peer.close()
 *
 * What a peer needs is installed or built on first use, into places git ignores.
 */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const PYTHON = join(HERE, 'classic-python')
const RUST = join(HERE, 'structured-rust')

/** A peer a row: the release it runs, how to make it ready, and the command that starts it. */
const PEERS = {
  'classic-python': {
    version: 'dynamodb-encryption-sdk 3.3.0',
    prepare: () => prepareVenv(PYTHON),
    command: [venvPython(PYTHON), join(PYTHON, 'peer.py')],
  },
  'classic-java': {
    version: 'aws-dynamodb-encryption-java 2.0.3',
    prepare: () => prepareJar('classic-java'),
    command: ['java', '-jar', jar('classic-java')],
  },
  'structured-java': {
    version: 'aws-database-encryption-sdk-dynamodb 3.9.0',
    prepare: () => prepareJar('structured-java'),
    command: ['java', '-jar', jar('structured-java')],
  },
  'structured-rust': {
    version: 'aws-db-esdk 1.3.0',
    prepare: () => prepareBinary('release'),
    command: [binary('release')],
  },
}

/** What is timed is optimised in full. */
const TIMED = {
  ...PEERS,
  'structured-rust': { ...PEERS['structured-rust'], prepare: () => prepareBinary('timed'), command: [binary('timed')] },
}

export const peerNames = Object.keys(PEERS)

const prepared = new Map()

/**
 * Makes a peer ready and starts it. Throws an Error that says what is missing when this machine cannot run it.
 *
 * `request` takes any number of `{ op, config, item }` and gives as many answers, `{ id, item }` or `{ id, error }`, in the
 * same order; a request without an `id` gets one. Several calls may be under way at once. An answer whose `error` begins with
 * `unsupported: ` is about a case the released peer cannot do. With `timed`, the program is built to be timed.
 */
export async function startPeer(name, { timed = false } = {}) {
  const peer = (timed ? TIMED : PEERS)[name]
  if (peer === undefined) throw new Error(`no peer named ${name}: there are ${peerNames.join(', ')}`)
  if (!prepared.has(peer)) {
    const ready = peer.prepare()
    prepared.set(peer, ready)
    ready.catch(() => prepared.delete(peer))
  }
  await prepared.get(peer)

  const [command, ...args] = peer.command
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const waiting = []
  let count = 0
  let complaint = ''
  let end

  const fail = (error) => {
    end ??= error
    for (const { reject } of waiting.splice(0)) reject(end)
  }
  const exited = new Promise((resolve) => child.once('close', resolve))
  child.once('error', (error) => fail(new Error(`${name}: ${missing(error, command)}`)))
  child.once('close', (status) => fail(new Error(`${name} ended with status ${status}${complaint && `: ${lastLine(complaint)}`}`)))
  child.stdin.on('error', () => {}) // a dead peer is reported once, by 'close'
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaint = (complaint + text).slice(-4000)
  })
  createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
    const { id, resolve, reject } = waiting.shift() ?? {}
    let answer
    try {
      answer = JSON.parse(line)
    } catch {
      reject?.(new Error(`${name} wrote a line that is no answer`))
      return
    }
    if (answer.id === id) resolve?.(answer)
    else reject?.(new Error(`${name} answered ${answer.id} when asked ${id}`))
  })

  const ask = (request) =>
    new Promise((resolve, reject) => {
      if (end !== undefined) return reject(end)
      const id = String(request.id ?? `request ${++count}`)
      waiting.push({ id, resolve, reject })
      child.stdin.write(`${JSON.stringify({ ...request, id })}\n`)
    })

  return {
    name,
    version: peer.version,
    request: (requests) => Promise.all(requests.map(ask)),
    close: async () => {
      end ??= new Error(`${name} is closed`)
      child.stdin.end()
      await exited
    },
  }
}

/** A virtual environment in a folder with `requirements.txt`. */
export async function prepareVenv(folder) {
  const stamp = join(folder, '.venv', 'installed')
  const requirements = join(folder, 'requirements.txt')
  if (newer(stamp, [requirements])) return
  await run('python3', ['-m', 'venv', join(folder, '.venv')])
  await run(venvPython(folder), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements])
  writeFileSync(stamp, '')
}

export function venvPython(folder) {
  return join(folder, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
}

async function prepareJar(name) {
  await run('java', ['-version'])
  const project = join(HERE, name, 'pom.xml')
  if (newer(jar(name), [project, ...sourcesOf(join(HERE, name))])) return
  await run('mvn', ['--quiet', '--batch-mode', '--file', project, 'clean', 'package'])
}

/** The first build compiles the whole client, which takes many minutes. */
async function prepareBinary(profile) {
  const project = join(RUST, 'Cargo.toml')
  if (newer(binary(profile), [project, join(RUST, 'Cargo.lock'), ...sourcesOf(RUST)])) return
  await run('cargo', ['build', '--profile', profile, '--locked', '--quiet', '--manifest-path', project])
}

function binary(profile) {
  return join(RUST, 'target', profile, process.platform === 'win32' ? 'peer.exe' : 'peer')
}

function jar(name) {
  return join(HERE, name, 'target', 'peer.jar')
}

function sourcesOf(directory) {
  return readdirSync(join(directory, 'src'), { recursive: true }).map((file) => join(directory, 'src', file))
}

/** Whether a product is there, and as new as all that it is made of. */
export function newer(product, sources) {
  return existsSync(product) && sources.every((source) => statSync(source).mtimeMs <= statSync(product).mtimeMs)
}

/** Throws an Error that says what is missing or went wrong. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-4000)
      })
    }
    child.once('error', (error) => reject(new Error(missing(error, command))))
    child.once('close', (status) => {
      if (status === 0) resolve()
      else reject(new Error(`${short(command)} ${short(args[0])} failed with status ${status}: ${lastLine(output)}`))
    })
  })
}

const missing = (error, command) => (error.code === 'ENOENT' ? `${short(command)} not found` : `${short(command)}: ${error.code}`)
const short = (path) => path.replace(/^.*[/\\]/, '')

/** The line that says most: Maven's first [ERROR], otherwise the last one. */
function lastLine(text) {
  const lines = text.trim().split('\n')
  return lines.find((line) => line.includes('[ERROR]')) ?? lines.at(-1)
}
