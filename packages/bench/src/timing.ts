/**
 * Timing on a machine that others use too: everything takes turns, round by round, so that what disturbs one disturbs all.
 * Ratios are taken within a round; medians and minima are over the rounds.
 *
 * @module
 */

/** Something to measure, in microseconds for each run. */
export interface Subject {
  /** Runs it so many times, one after the other, and says how many microseconds one took. */
  measure(runs: number): number | Promise<number>
}

export interface Series {
  /** Microseconds of one run, by round. */
  readonly rounds: readonly number[]
  readonly median: number
  readonly least: number
}

export interface Schedule {
  /** Milliseconds that each subject runs before the first round: the engine compiles what has run some thousand times. */
  readonly warmUp: number
  readonly rounds: number
  /** Milliseconds that a turn is to take; a run that takes longer has turns of one. */
  readonly turn: number
  /** Milliseconds for all turns together: fewer rounds, but no fewer than five, for what is slow. */
  readonly budget: number
}

const FEWEST = 5

/** Milliseconds; a promise where time passes only while the engine waits for something, as in workerd. */
export type Clock = () => number | Promise<number>

/** A function of this process as a subject. */
export function inProcess(run: () => unknown, clock: Clock = () => performance.now()): Subject {
  return {
    async measure(runs) {
      const start = await clock()
      for (let i = 0; i < runs; i++) {
        const answer = run()
        if (answer instanceof Promise) await answer
      }
      return (((await clock()) - start) * 1000) / runs
    },
  }
}

/** Lets the subjects take turns. The i-th series belongs to the i-th subject; all have the same number of rounds. */
export async function takeTurns(subjects: readonly Subject[], { warmUp, rounds, turn, budget }: Schedule): Promise<Series[]> {
  const warm: Turn[] = []
  for (const subject of subjects) warm.push(await warmed(subject, warmUp, turn))
  const all = warm.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  const count = Math.max(FEWEST, Math.min(rounds, Math.floor(budget / all)))
  const times = subjects.map((): number[] => [])
  for (let round = 0; round < count; round++) {
    const order = subjects.map((_, i) => (i + round) % subjects.length) // nobody is always first
    for (const i of order) times[i]!.push(await subjects[i]!.measure(warm[i]!.runs))
  }
  return times.map(series)
}

/** How many times slower than the other: the median of the rounds' ratios. */
export function ratio(a: Series, b: Series): number {
  return median(a.rounds.map((time, i) => time / b.rounds[i]!))
}

export function series(rounds: readonly number[]): Series {
  return { rounds, median: median(rounds), least: Math.min(...rounds) }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

interface Turn {
  readonly runs: number
  readonly milliseconds: number
}

/** Runs until the engine has compiled it, and finds how many runs make a turn, by the quickest: a disturbed one would make turns too short. */
async function warmed(subject: Subject, warmUp: number, turn: number): Promise<Turn> {
  let runs = 1
  let spent = 0
  let quickest = Number.POSITIVE_INFINITY // milliseconds of one run
  for (;;) {
    const milliseconds = ((await subject.measure(runs)) * runs) / 1000
    spent += milliseconds
    if (milliseconds > 0) quickest = Math.min(quickest, milliseconds / runs) // 0 is less than the clock's step
    if (spent >= warmUp) {
      const fitting = Math.max(1, Math.round(turn / quickest))
      return { runs: fitting, milliseconds: quickest * fitting }
    }
    runs = Math.max(1, Math.min(4 * runs, Math.ceil((runs * turn) / Math.max(milliseconds, 0.001))))
  }
}
