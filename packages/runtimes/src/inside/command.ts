/**
 * The suite as a command, in Node, Deno and Bun: `command.js JOB REPORT`, two files.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { argv } from 'node:process'
import type { Job } from './job.ts'
import { run } from './with-node.ts'

const [job, report] = argv.slice(2) as [string, string]
writeFileSync(report, JSON.stringify(await run(JSON.parse(readFileSync(job, 'utf8')) as Job)))
