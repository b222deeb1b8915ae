/**
 * The conformance suite: what every provider of primitives, in every runtime, must read and write. It knows no test
 * framework and no file system: a runner hands it the library, the provider and the vectors, and runs the cases.
 *
 * @module
 */
export { type OwnVectors, ownCases } from './own.ts'
export { type ScenarioVectors, scenarioCases } from './scenarios.ts'
export type { Case, Library, Subject } from './suite.ts'
