/**
 * All cases of a set of vectors.
 *
 * @module
 */
import { type DataKeyVectors, dataKeyCases } from './data-keys.ts'
import { leadingZeroCases } from './leading-zeros.ts'
import { type OwnVectors, ownCases } from './own.ts'
import { type PublishedItems, publishedItemCases } from './published-items.ts'
import { type ScenarioVectors, scenarioCases } from './scenarios.ts'
import type { Case, Library } from './suite.ts'

const ODD = 'structured/odd.json'

/** JSON throughout, so that it can be sent to a runtime. */
export interface Vectors {
  /** The files of `vectors/`, by path. */
  readonly own: Readonly<Record<string, OwnVectors>>
  /** What the peers publish, where it is at hand. */
  readonly peers?: {
    readonly scenarios: ScenarioVectors
    readonly items: PublishedItems
    readonly dataKeys: DataKeyVectors
  }
}

/** A case of the suite, with where it comes from before its title. */
export function allCases(library: Library, { own, peers }: Vectors): Case[] {
  return [
    ...Object.entries(own).flatMap(([file, vectors]) => from(file, ownCases(library, vectors, file === ODD))),
    ...from('leading zeros', leadingZeroCases(Object.values(own))),
    ...(peers
      ? [
          ...from("the peers' scenarios", scenarioCases(library, peers.scenarios)),
          ...from("the peers' items", publishedItemCases(library, peers.items)),
          ...from("the peers' data keys", dataKeyCases(peers.dataKeys)),
        ]
      : []),
  ]
}

function from(source: string, cases: readonly Case[]): Case[] {
  return cases.map(({ title, run }) => ({ title: `${source}: ${title}`, run }))
}
