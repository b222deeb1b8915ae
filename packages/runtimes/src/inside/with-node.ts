/**
 * The suite as one bundle, for runtimes that have `node:crypto` too.
 *
 * @module
 */
import { type Job, type Report, runJob } from './job.ts'
import { NODE_SUBJECTS } from './node-subjects.ts'

export const run = (job: Job): Promise<Report> => runJob(job, NODE_SUBJECTS)
