/** Random people for the soak, updates of them, and what those make of them: written apart from the code that is tested. */
import type { Native } from './kinds.ts'
import { MARK } from './leak-values.ts'
import type { Random } from './random.ts'

export type Person = { readonly [name: string]: Native }
export type Key = { readonly id: string; readonly at: number }

export const secret = (random: Random): string => `${MARK} ${random.nat(1_000_000)}`

/** What is encrypted bears the mark, numbers aside. */
export function randomPerson(random: Random, key: Key): Person {
  const maybe = (more: Person): Person => (random.chance(0.7) ? more : {})
  return {
    ...key,
    version: random.nat(5),
    name: secret(random),
    born: random.nat(1_000_000),
    ...maybe({ diary: { pages: [secret(random), random.nat(9), { text: secret(random) }], open: random.chance(0.5), gone: null } }),
    ...maybe({ portrait: new Uint8Array([...new TextEncoder().encode(MARK), random.nat(256)]) }),
    ...maybe({ tags: new Set([secret(random), secret(random)]) }),
    ...maybe({ city: `city ${random.nat(9)}` }),
    ...maybe({ rank: random.nat(100) }),
    ...maybe({ note: `note ${random.nat(1000)}` }),
  }
}

export const PROJECTION = {
  ProjectionExpression: '#at, #n, diary.pages[0], tags, note, version',
  ExpressionAttributeNames: { '#at': 'at', '#n': 'name' },
}

export function projected(person: Person): Person {
  const { at, name, tags, note, version, diary } = person as { [name: string]: Native | undefined }
  const [page] = pagesOf(diary) ?? []
  const found = { at, name, tags, note, version, diary: page === undefined ? undefined : { pages: [page] } }
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, NonNullable<Native>] => entry[1] !== undefined))
}

/** An update of one item, by its expressions, and what comes of it. */
export interface Update {
  readonly UpdateExpression: string
  readonly ConditionExpression?: string
  readonly names?: Readonly<Record<string, string>>
  readonly values?: Person
  /** The item afterwards, or the name or code of the error with which it is refused. */
  readonly result: Person | string
  /** DynamoDB carries it out: it may be done twice, and does not answer what was there. */
  readonly inPlace?: true
}

const REFUSED = 'ConditionalCheckFailedException'

/** An update of the person that has this key, if there is one. */
export function randomUpdate(random: Random, key: Key, stored: Person | undefined): Update {
  return random.pick(UPDATES)(random, stored ?? key, stored !== undefined)
}

const UPDATES: readonly ((random: Random, before: Person, exists: boolean) => Update)[] = [
  (random, before) => {
    const name = secret(random)
    return {
      UpdateExpression: 'SET #n = :s, version = if_not_exists(version, :zero) + :one',
      names: { '#n': 'name' },
      values: { ':s': name, ':zero': 0, ':one': 1 },
      result: { ...before, name, version: numberOf(before.version) + 1 },
    }
  },
  (random, before) => {
    const by = random.nat(1000)
    const result = before.born === undefined ? 'MALFORMED' : { ...before, born: numberOf(before.born) - by }
    return { UpdateExpression: 'SET born = born - :n', values: { ':n': by }, result }
  },
  (random, before) => {
    const [page, text] = [secret(random), secret(random)]
    const pages = pagesOf(before.diary)
    return {
      UpdateExpression: 'SET diary.pages = list_append(diary.pages, :l), diary.#t = :s',
      names: { '#t': 'text' },
      values: { ':l': [page], ':s': text },
      result: pages === undefined ? 'MALFORMED' : { ...before, diary: { ...(before.diary as Person), pages: [...pages, page], text } },
    }
  },
  (_, before) => {
    const { portrait: __, ...rest } = before
    const pages = pagesOf(before.diary)
    const left = pages?.filter((_, i) => i !== 0 && i !== 2)
    return {
      UpdateExpression: 'REMOVE diary.pages[0], portrait, diary.pages[2]',
      result: left === undefined ? 'MALFORMED' : { ...rest, diary: { ...(before.diary as Person), pages: left } },
    }
  },
  (random, before) => {
    const tag = secret(random)
    return {
      UpdateExpression: 'ADD tags :t, version :one, born :one',
      values: { ':t': new Set([tag]), ':one': 1 },
      result: {
        ...before,
        tags: new Set([...setOf(before.tags), tag]),
        version: numberOf(before.version) + 1,
        born: numberOf(before.born) + 1,
      },
    }
  },
  (random, { tags: before, ...rest }) => {
    const [gone = secret(random), ...left] = setOf(before)
    const tags = random.chance(0.5) ? [] : left
    const removed = [gone, ...(tags.length === 0 ? left : [])]
    return {
      UpdateExpression: 'DELETE tags :t',
      values: { ':t': new Set(removed) },
      result: tags.length === 0 ? rest : { ...rest, tags: new Set(tags) },
    }
  },
  (random, before, exists) => {
    const note = `note ${random.nat(1000)}`
    return { UpdateExpression: 'SET note = :s', values: { ':s': note }, result: exists ? { ...before, note } : REFUSED, inPlace: true }
  },
  (random, before) => {
    const city = `city ${random.nat(9)}`
    const result = before.city === undefined ? 'MALFORMED' : { ...before, note: before.city, city }
    return { UpdateExpression: 'SET note = city, city = :c', values: { ':c': city }, result }
  },
  (random, before) => {
    const least = random.nat(1_000_000)
    const isTrue = before.born !== undefined && numberOf(before.born) >= least && String(before.name).startsWith(MARK)
    return {
      UpdateExpression: 'SET version = :v REMOVE rank',
      ConditionExpression: 'born >= :b AND begins_with(#n, :p)',
      names: { '#n': 'name' },
      values: { ':v': 7, ':b': least, ':p': MARK },
      result: isTrue ? without({ ...before, version: 7 }, 'rank') : REFUSED,
    }
  },
  () => ({ UpdateExpression: 'SET diary.missing.deep = :s', values: { ':s': MARK }, result: 'MALFORMED' }),
]

function without(person: Person, name: string): Person {
  const { [name]: _, ...rest } = person
  return rest
}

const numberOf = (value: Native | undefined): number => (value === undefined ? 0 : Number(value))

const setOf = (value: Native | undefined): ReadonlySet<string> => (value === undefined ? new Set() : (value as ReadonlySet<string>))

const pagesOf = (diary: Native | undefined): readonly Native[] | undefined =>
  diary === undefined ? undefined : ((diary as Person).pages as readonly Native[])
