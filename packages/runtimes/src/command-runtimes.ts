/**
 * Node, Deno and Bun: they run the built packages as they are.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Job, Report } from './inside/job.ts'
import { runProgram, versionOf, withFolder } from './process.ts'
import { literally, type Missing, type Runtime } from './runtime.ts'
import { toolPath } from './tools.ts'

const COMMAND = fileURLToPath(new URL('../dist/inside/command.js', import.meta.url))
/** nodeCrypto is for Node: the `node:crypto` of Deno and of Bun has no AES key wrap, that of Deno no AES-192 with CBC either. */
const PROVIDERS = ['webCrypto', 'nobleCrypto'] as const
const NODES = ['20', '22', '24', '26']

/** Of Node, the versions that are supported; the one that runs this stands for its own. */
export const NODE_RUNTIMES: readonly Runtime[] = NODES.map((major) => ({
  id: `node${major}`,
  title: `Node ${major}`,
  providers: ['webCrypto', 'nodeCrypto', 'nobleCrypto'],
  ...(major !== ownMajor() && { tools: 'nodes' }),
  find: () => {
    const program = major === ownMajor() ? process.execPath : toolPath('nodes', `node${major}/bin/node`)
    return program === undefined ? notInstalled() : command('Node', program, /v(\S+)/)
  },
}))

export const DENO: Runtime = {
  id: 'deno',
  title: 'Deno',
  providers: PROVIDERS,
  tools: 'tools',
  find: () => {
    const program = denoProgram()
    const args = (folder: string) => ['run', '--no-prompt', '--node-modules-dir=manual', '--allow-read', `--allow-write=${folder}`]
    return program === undefined ? notInstalled() : command('Deno', program, /deno (\S+)/, args)
  },
}

export const BUN: Runtime = {
  id: 'bun',
  title: 'Bun',
  providers: PROVIDERS,
  tools: 'tools',
  find: () => {
    const program = bunProgram()
    return program === undefined ? notInstalled() : command('Bun', program, /(\S+)/, () => ['run'])
  },
}

/** The version of Node that stands for the one that runs this, if it is one of those that are supported. */
export function ownMajor(): string {
  return process.versions.node.split('.')[0]!
}

export function denoProgram(): string | undefined {
  return toolPath('tools', '@deno/linux-x64-glibc/deno')
}

export function bunProgram(): string | undefined {
  return toolPath('tools', '@oven/bun-linux-x64/bin/bun')
}

function command(name: string, program: string, pattern: RegExp, args: (folder: string) => readonly string[] = () => []) {
  const version = versionOf(program, pattern)
  return {
    version,
    identity: new RegExp(`^${name} ${literally(version)}$`),
    run: (job: Job): Promise<Report> =>
      withFolder(async (folder) => {
        const [given, answer] = [join(folder, 'job.json'), join(folder, 'report.json')]
        writeFileSync(given, JSON.stringify(job))
        await runProgram(program, [...args(folder), COMMAND, given, answer])
        return JSON.parse(readFileSync(answer, 'utf8')) as Report
      }),
  }
}

/** The packages are for Linux on x86-64. */
function notInstalled(): Missing {
  return { missing: `no package for ${process.platform} ${process.arch} is installed` }
}
