/**
 * The suite as one bundle, for runtimes without modules of Node's.
 *
 * @module
 */
import { type Job, type Report, runJob } from './job.ts'
import { SUBJECTS } from './subjects.ts'

export const run = (job: Job): Promise<Report> => runJob(job, SUBJECTS)
