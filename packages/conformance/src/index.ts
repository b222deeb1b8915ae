/**
 * The conformance suite: what every provider of primitives, in every runtime, must read and write. It knows no test
 * framework and no file system: a runner hands it the library, the provider and the vectors, and runs the cases.
 *
 * @module
 */
export { allCases, type Vectors } from './all.ts'
export { type DataKeyVectors, dataKeyCases } from './data-keys.ts'
export { leadingZeroCases } from './leading-zeros.ts'
export { type OwnVectors, ownCases } from './own.ts'
export { type PublishedItems, publishedItemCases } from './published-items.ts'
export { type Capability, type Outcome, runCases } from './run.ts'
export { type ScenarioVectors, scenarioCases } from './scenarios.ts'
export type { Case, Library, Subject } from './suite.ts'
