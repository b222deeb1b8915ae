/**
 * The plugin: where we stand in the SDK's middleware stack.
 *
 *     DocumentMarshall        commands of a document client only: JavaScript values → AttributeValues
 *     itemsealEncrypt         once for an operation
 *     serializerMiddleware
 *     …  retries, signing     again for each attempt, from here on
 *     DocumentUnmarshall      AttributeValues → JavaScript values
 *     itemsealDecrypt
 *     deserializerMiddleware
 *
 * A client's entries come before a command's of the same place, so beside `serializerMiddleware` we would stand outside of
 * `DocumentMarshall`. Therefore we stand relative to it. For commands of a plain client it is an entry of ours that does
 * nothing; a document command puts its own in that one's place.
 *
 * @module
 */

import { ItemCryptoError } from '@itemseal/core'
import type { Call } from './call.ts'
import type { Observer } from './observer.ts'
import { prepareCall } from './operations.ts'
import type { DescribeTable } from './schema.ts'
import type { Middleware, MiddlewareStack, ServiceError } from './sdk-shapes.ts'
import type { TableConfig } from './table.ts'
import { makeTables } from './tables.ts'

/** For `itemEncryption`. */
export interface ItemEncryptionOptions {
  /** By name. Tables that are not here pass untouched. */
  readonly tables: Readonly<Record<string, TableConfig>>
  /** Completes tables that are configured without their keys, on first use: `(input) => client.send(new DescribeTableCommand(input))`. */
  readonly describeTable?: DescribeTable
  /** Is told what was done: `itemEvents(onEvent)` of `@itemseal/dynamodb/events`. */
  readonly observer?: Observer
}

/** For `client.middlewareStack.use(…)`. */
export interface ItemEncryptionPlugin {
  applyToStack(stack: MiddlewareStack): void
}

/**
 * Makes a plugin for clients of the AWS SDK v3 (`DynamoDBClient`, `DynamoDBDocumentClient`, `DynamoDB`, `DynamoDBDocument`) that
 * encrypts the items of the given tables before they are sent, and verifies and decrypts them when they come back.
 *
 * What cannot be done on encrypted items is refused before anything is sent. A failure to verify or decrypt any item of an
 * answer fails the call, and is never tried again. All failures of ours are {@link ItemCryptoError}.
 *
 * @throws {@link ItemCryptoError} `CONFIGURATION` for a table whose keys are neither given nor can be asked for, or would be
 *   encrypted.
 *
 * @example
 * const client = new DynamoDBClient({})
 * client.middlewareStack.use(itemEncryption({
 *   tables: { people: classicTable({ partitionKey: 'id', provider, actions: { attributes: { email: 'SIGN_ONLY' } } }) },
 * }))
 * await client.send(new PutItemCommand({ TableName: 'people', Item: { id: { S: '1' }, name: { S: 'Ada' } } }))
 */
export function itemEncryption(options: ItemEncryptionOptions): ItemEncryptionPlugin {
  const tables = makeTables(options.tables, options.describeTable)
  // Keyed by objects of the call, since `context` may be shared: with `cacheMiddleware` it is one for all calls of a command.
  const calls = new WeakMap<object, Call>()
  const failures = new WeakMap<object, unknown>()

  const { observer = (_, tables, call) => call(tables) } = options

  const encrypt: Middleware = (next, context) => (args) => {
    const operation = (context.commandName ?? '').replace(/Command$/, '')
    return observer(operation, tables, async (tables) => {
      let call = await prepareCall(operation, args.input, tables, context.__smithy_context?.abortSignal)
      for (;;) {
        const input = { ...call.input } // this call's own, even if the caller sends one command twice
        calls.set(input, call)
        try {
          return await next({ ...args, input })
        } catch (error) {
          const again = await call.retry?.(error as ServiceError) // which looks before it believes that
          if (!again) throw failures.get(error as object) ?? error // what is no object is none of ours, and is not found
          call = again
        }
      }
    })
  }

  const decrypt: Middleware = (next) => async (args) => {
    const call = calls.get(args.input)
    if (!call) throw new ItemCryptoError('CONFIGURATION', 'another middleware has replaced the input')
    if (call.answer) return { response: {}, output: call.answer }
    const result = await next(args).catch(async (error: unknown) => {
      if (error instanceof Error) await once(() => call.error?.(error as ServiceError)) // a name is all that is relied on
      throw error
    })
    const { output } = result
    const { output: change } = call
    return output && change ? { ...result, output: await once(() => change(output)) } : result
  }

  /**
   * We stand within the SDK's retries, which take an error for a reason to try again if it, or its cause, looks like trouble
   * of the network; and a failed decryption may well be caused by that, at a key service. The operation is done, though: it
   * must not be done again. So what we throw here is bare, and `encrypt`, outside of the retries, throws the true reason.
   */
  async function once<T>(step: () => T): Promise<Awaited<T>> {
    try {
      return await step()
    } catch (reason) {
      const bare = new ItemCryptoError('NOT_AUTHENTIC', 'not decrypted')
      failures.set(bare, reason)
      throw bare
    }
  }

  return {
    applyToStack(stack) {
      const nothing: Middleware = (next) => next
      // It is a middleware for any command, whatever the stack's type calls that.
      const add = (name: string, middleware: Middleware, relation: 'before' | 'after', toMiddleware: string) =>
        stack.addRelativeTo(middleware as never, { name, relation, toMiddleware, override: middleware === nothing })
      add('DocumentMarshall', nothing, 'before', 'serializerMiddleware')
      add('DocumentUnmarshall', nothing, 'before', 'deserializerMiddleware')
      add('itemsealEncrypt', encrypt, 'after', 'DocumentMarshall')
      add('itemsealDecrypt', decrypt, 'after', 'DocumentUnmarshall')
    },
  }
}
