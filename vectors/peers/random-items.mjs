/**
 * Random items for the peer programs' cases: all ten types, nested, with characters from everywhere. What is drawn depends on `random`
 * alone. `limits` is `{ digits, written }`: how many significant digits a number may have, and how many as it is written out.
 */

const ODD_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'then', '0', 'a.b', '#x', ':y', 'M', ' ', '*amzn*']

export function attributeNames(random, count) {
  const names = new Set()
  while (names.size < count) {
    names.add(random.chance(0.25) ? random.pick(ODD_NAMES) : random.chance(0.5) ? word(random) : text(random, 1, 8))
  }
  return [...names]
}

export function keyValue(random, limits) {
  const type = random.pick(['S', 'N', 'B'])
  if (type === 'S') return { S: text(random, 1, 12) }
  if (type === 'N') return { N: number(random, limits) }
  return { B: binary(random, 1, 20) }
}

export const LEAVES = {
  S: (random) => text(random, 0, 40),
  N: number,
  B: (random) => binary(random, 0, 60),
  SS: (random) => distinct(random, () => text(random, 0, 6)),
  NS: (random, limits) => distinct(random, () => number(random, limits)),
  BS: (random) => distinct(random, () => binary(random, 0, 3)),
  BOOL: (random) => random.chance(0.5),
  NULL: () => true,
}

const NESTED = {
  L: (random, limits, depth) => Array.from({ length: random.integer(0, 4) }, () => value(random, limits, depth - 1)),
  M: (random, limits, depth) =>
    Object.fromEntries(attributeNames(random, random.integer(0, 4)).map((name) => [name, value(random, limits, depth - 1)])),
}

export function value(random, limits, depth) {
  const makers = depth > 0 && random.chance(0.45) ? NESTED : LEAVES
  const type = random.pick(Object.keys(makers))
  return { [type]: makers[type](random, limits, depth) }
}

export function distinct(random, make) {
  const length = random.chance(0.06) ? 0 : random.integer(1, 6)
  return [...new Set(Array.from({ length }, make))]
}

/** A number as a table returns it: no exponent, no superfluous zero. */
export function number(random, { digits, written }) {
  if (random.chance(0.08)) return '0'
  const length = random.chance(0.2) ? digits : random.integer(1, Math.min(digits, 12))
  const figures = Array.from({ length }, (_, i) => random.integer(i === 0 || i === length - 1 ? 1 : 0, 9)).join('')
  const sign = random.chance(0.4) ? '-' : ''
  const shape = random.integer(0, 9)
  if (shape < 5) return sign + figures
  if (shape < 6) return sign + figures + '0'.repeat(random.integer(1, Math.max(1, written - length)) % (written - length + 1))
  if (shape < 7) return `${sign}0.${'0'.repeat(random.integer(0, 130 - length))}${figures}`
  const point = random.integer(0, length - 1)
  return `${sign}${figures.slice(0, point) || '0'}.${figures.slice(point)}`
}

export function binary(random, min, max) {
  const bytes = Array.from({ length: random.integer(min, max) }, () => random.pick([0, 1, 0x7f, 0x80, 0xff, random.integer(0, 255)]))
  return Buffer.from(bytes).toString('base64')
}

export function word(random) {
  return Array.from({ length: random.integer(1, 10) }, () => String.fromCharCode(random.integer(0x61, 0x7a))).join('')
}

const RANGES = [
  [0x20, 0x7e],
  [0x20, 0x7e],
  [0x61, 0x7a],
  [0xa0, 0x17f],
  [0x300, 0x36f],
  [0x4e00, 0x4fff],
  [0xe000, 0xffff],
  [0x1f300, 0x1f6ff],
  [0x10000, 0x10ffff],
]
const SPECIAL = ['\u0000', '\n', '\r', '"', '\\', '\u2028', '\uFEFF', '\uFFFD', '\uFFFF', '\uE000', '\uD7FF', '\u{10FFFF}', '\u007F']

export function text(random, min, max) {
  const plain = random.chance(0.4)
  return Array.from({ length: random.integer(min, max) }, () => {
    if (!plain && random.chance(0.15)) return random.pick(SPECIAL)
    const [from, to] = plain ? [0x61, 0x7a] : random.pick(RANGES)
    return String.fromCodePoint(random.integer(from, to))
  }).join('')
}

/** mulberry32 */
export function randomFrom(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (list) => list[Math.floor(next() * list.length)],
    chance: (probability) => next() < probability,
  }
}

/** Equality of items as readers see it: sets and maps have no order. */
export function sameItem(a, b) {
  return canonical({ M: a }) === canonical({ M: b })
}

function canonical(value) {
  const [[type, content]] = Object.entries(value)
  if (type === 'M') {
    const entries = Object.keys(content)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonical(content[name])}`)
    return `{M:{${entries}}}`
  }
  if (type === 'L') return `{L:[${content.map(canonical)}]}`
  return JSON.stringify([type, type.endsWith('S') && Array.isArray(content) ? [...content].sort() : content])
}
