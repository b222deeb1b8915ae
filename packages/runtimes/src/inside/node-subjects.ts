/**
 * The subjects where there is `node:crypto`.
 *
 * @module
 */
import { nodeKeyTools } from '@itemseal/cli/node-keys'
import { nodeCrypto } from '@itemseal/node'
import { SUBJECTS, type Subjects } from './subjects.ts'

export const NODE_SUBJECTS: Subjects = { ...SUBJECTS, nodeCrypto: { primitives: nodeCrypto, tools: nodeKeyTools } }
