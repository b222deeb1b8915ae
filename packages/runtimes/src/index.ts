/**
 * Runtimes, as tests of other packages want them.
 *
 * @module
 */
export { type BrowserPage, chromiumProgram, firefoxProgram, withPage } from './browsers.ts'
export { bundle } from './bundle.ts'
export { bunProgram, denoProgram } from './command-runtimes.ts'
export { type PageFile, type PageServer, servePages } from './page.ts'
export { runProgram, withFolder } from './process.ts'
export { installTools, toolsInstalled } from './tools.ts'
export { readVectors } from './vectors.ts'
export { type WorkerOptions, withWorker, workerdProgram } from './workerd.ts'
