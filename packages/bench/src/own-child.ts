/**
 * One of ours in a process of its own, as every other client has one: `own-process.ts` starts it with its name, a provider's or
 * that of the least code.
 *
 * @module
 */
import { itemFromJson } from '@itemseal/core'
import { FORMATS } from './formats.ts'
import { leastCode } from './least.ts'
import { operationOn } from './operations.ts'
import { type Answer, LEAST, type Request } from './own-process.ts'
import { PROVIDERS } from './providers.ts'
import { inProcess, type Subject } from './timing.ts'
import { workNamed } from './works.ts'

const name = process.argv[2]!
let subject: Subject | undefined

process.on('message', (request: Request) => {
  answer(request).then(
    (it) => process.send!(it),
    (error: unknown) => process.send!({ error: String(error) } satisfies Answer),
  )
})

async function answer(request: Request): Promise<Answer> {
  if ('runs' in request) return { microseconds: await subject!.measure(request.runs) }
  const { format, work, operation } = request
  const item = itemFromJson(request.item)
  if (name === LEAST) {
    const code = await leastCode(PROVIDERS.nodeCrypto!, workNamed(work).items[0]!)
    subject = inProcess(() => code[operation](item))
  } else subject = inProcess(operationOn(FORMATS[format]!(PROVIDERS[name]!), operation, [item]))
  return {}
}
