/** Random choices that a seed makes again. */
export interface Random {
  /** Below the limit. */
  nat(limit: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
}

/** After mulberry32, which is good enough for tests. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const nat = (limit: number) => Math.floor(next() * limit)
  return { nat, chance: (probability) => next() < probability, pick: (list) => list[nat(list.length)]! }
}
