/**
 * The programs of the runtimes: packages in two folders that are no workspaces, so that only who runs them installs them.
 * Those of Node lie apart from all else, since they put a `node` into `node_modules/.bin`.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

export type ToolFolder = 'tools' | 'nodes'

/** Installs what the lock file of a folder wants, unless that is there. @returns what went wrong. */
export function installTools(folder: ToolFolder): string | undefined {
  const install = fileURLToPath(new URL('../../../scripts/install.mjs', import.meta.url))
  const { status } = spawnSync(process.execPath, [install, folderOf(folder)], { stdio: ['ignore', 2, 2] })
  return status === 0 ? undefined : `npm ci in packages/runtimes/${folder} failed`
}

/** The path of a file in a package of one of the folders, if it is installed there. */
export function toolPath(folder: ToolFolder, path: string): string | undefined {
  const file = `${folderOf(folder)}/node_modules/${path}`
  return existsSync(file) ? file : undefined
}

/** Whether the drivers of browsers are there. */
export function toolsInstalled(): boolean {
  return toolPath('tools', 'playwright-core/index.mjs') !== undefined
}

/** A module of a package, imported. @throws if it is not installed. */
export async function importTool<T>(path: string): Promise<T> {
  const file = toolPath('tools', path)
  if (file === undefined) throw new Error(`${path} is not installed`)
  return (await import(pathToFileURL(file).href)) as T
}

/** The first of these programs of the system that there is. */
export function systemProgram(...paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path))
}

function folderOf(folder: ToolFolder): string {
  return fileURLToPath(new URL(`../${folder}`, import.meta.url))
}
