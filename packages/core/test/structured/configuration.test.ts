import { describe, expect, test } from 'vitest'
import type { CryptoAction } from '../../src/index.ts'
import { defaultMaterialsManager } from '../../src/materials/index.ts'
import { type StructuredItemEncryptorOptions, structuredItemEncryptor } from '../../src/structured/index.ts'
import { withCode } from '../support/expect-error.ts'
import { KEYRING } from '../support/structured-encryptors.ts'

type Attributes = Record<string, CryptoAction>
type Changes = { [K in keyof StructuredItemEncryptorOptions]?: StructuredItemEncryptorOptions[K] | undefined }

const KEY: CryptoAction = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT'
const make =
  (attributes: Attributes, changes: Changes = {}) =>
  () =>
    structuredItemEncryptor({
      tableName: 'table',
      partitionKey: 'pk',
      sortKey: 'sk',
      keyring: KEYRING,
      actions: { attributes },
      ...changes,
    } as StructuredItemEncryptorOptions)
const refused = (attributes: Attributes, words: string, changes: Changes = {}) =>
  expect(make(attributes, changes)).toThrow(withCode('CONFIGURATION', words))

describe('rules of the configuration', () => {
  test('exactly one of keyring and materials manager', () => {
    refused({}, 'either keyring or materialsManager', { keyring: undefined })
    refused({}, 'either keyring or materialsManager', { materialsManager: defaultMaterialsManager(KEYRING) })
    expect(make({}, { keyring: undefined, materialsManager: defaultMaterialsManager(KEYRING) })).not.toThrow()
  })

  test('the partition key has the key action: SIGN_ONLY', () => {
    for (const action of ['ENCRYPT_AND_SIGN', 'DO_NOTHING'] as const)
      refused({ pk: action }, 'partition key attribute action must be SIGN_ONLY')
    expect(make({ pk: 'SIGN_ONLY', sk: 'SIGN_ONLY' })).not.toThrow()
  })

  test('the key action is SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT as soon as any attribute has it', () => {
    refused({ pk: 'SIGN_ONLY', x: KEY }, `partition key attribute action must be ${KEY}`)
    refused({ pk: KEY, sk: 'SIGN_ONLY' }, `sort key attribute action must be ${KEY}`)
    refused({ pk: 'SIGN_ONLY' }, `partition key attribute action must be ${KEY}`, {
      actions: { default: KEY, attributes: { pk: 'SIGN_ONLY' } },
    })
    expect(make({ pk: KEY, sk: KEY, x: KEY })).not.toThrow()
    expect(make({ x: KEY })).not.toThrow()
  })

  test('the sort key has the key action too', () => {
    refused({ sk: 'ENCRYPT_AND_SIGN' }, 'sort key attribute action must be SIGN_ONLY')
  })

  test('DO_NOTHING is for attributes that are allowed to be unsigned', () => {
    refused({ x: 'DO_NOTHING' }, 'attribute "x" is DO_NOTHING')
    expect(make({ x: 'DO_NOTHING' }, { allowedUnsignedAttributes: ['x'] })).not.toThrow()
    expect(make({ x1: 'DO_NOTHING' }, { allowedUnsignedAttributePrefix: 'x' })).not.toThrow()
  })

  test.each(['ENCRYPT_AND_SIGN', 'SIGN_ONLY', KEY] as const)('an attribute that is %s is not allowed to be unsigned', (action) => {
    const keys: Attributes = action === KEY ? { pk: KEY, sk: KEY } : {}
    refused({ ...keys, x: action }, `attribute "x" is ${action}`, { allowedUnsignedAttributes: ['x'] })
    refused({ ...keys, x1: action }, `attribute "x1" is ${action}`, { allowedUnsignedAttributePrefix: 'x' })
  })

  test('a key attribute is not allowed to be unsigned, named or not', () => {
    refused({}, 'attribute "pk" is SIGN_ONLY', { allowedUnsignedAttributes: ['pk'] })
    refused({}, 'attribute "sk" is SIGN_ONLY', { allowedUnsignedAttributePrefix: 's' })
  })

  test('of several attributes the first in UTF-16 order is reported', () => {
    refused({ '\uffff': 'DO_NOTHING', '😀': 'DO_NOTHING' }, 'attribute "😀"')
  })

  test('names that begin with aws_dbe_ or aws-crypto- are reserved', () => {
    refused({ aws_dbe_x: 'SIGN_ONLY' }, 'attribute "aws_dbe_x" is SIGN_ONLY, but allowed to be unsigned')
    refused({ aws_dbe_x: 'DO_NOTHING' }, 'attribute "aws_dbe_x" is reserved')
    refused({ 'aws-crypto-x': 'SIGN_ONLY' }, 'attribute "aws-crypto-x" is reserved')
    refused({}, 'attribute "aws-crypto-x" is reserved', { partitionKey: 'aws-crypto-x' })
  })

  test('rules are checked in the order of the peers', () => {
    refused({ pk: 'DO_NOTHING', sk: 'DO_NOTHING', x: 'DO_NOTHING' }, 'partition key')
    refused({ sk: 'DO_NOTHING', x: 'DO_NOTHING' }, 'sort key')
    refused({ 'aws-crypto-x': 'SIGN_ONLY', x: 'DO_NOTHING' }, 'attribute "x"')
  })

  test('an empty prefix would make all attributes unsigned', () => {
    refused({}, 'allowedUnsignedAttributePrefix', { allowedUnsignedAttributePrefix: '' })
  })

  test('the default action cannot be DO_NOTHING', () => {
    refused({}, 'default action', { actions: { default: 'DO_NOTHING' } })
  })

  test('an action is one of four', () => {
    refused({ x: 'ENCRYPT' as CryptoAction }, 'an action is one of')
    refused({}, 'an action is one of', { actions: { default: 'ENCRYPT' as CryptoAction } })
    refused({}, 'an action is one of', { actions: { default: null as never } })
    refused({ x: undefined as never }, 'an action is one of')
  })

  test('the attributes that are allowed to be unsigned are a list: a text would be the list of its letters', () => {
    refused({}, 'allowedUnsignedAttributes', { allowedUnsignedAttributes: 'secret' as never })
  })

  test('a table has a name that the peers can encrypt, and two different key attributes', () => {
    refused({}, 'tableName', { tableName: '' })
    refused({}, 'tableName', { tableName: 'aws-crypto-table' })
    refused({}, 'partitionKey', { partitionKey: '' })
    refused({}, 'sortKey', { sortKey: 'pk' })
    refused({}, 'sortKey', { sortKey: '' })
  })

  test('the suite is one of two', () => {
    refused({}, 'algorithmSuite', { algorithmSuite: '0x0578' as '0x6700' })
    refused({}, 'algorithmSuite', { algorithmSuite: 'toString' as '0x6700' })
  })
})
