import { GetItemCommand, PutItemCommand, type AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb'
import { type Item, ItemCryptoError, type ItemEncryptor } from '@itemseal/core'
import { classicItemEncryptor } from '@itemseal/core/classic'
import { expect, test } from 'vitest'
import { PROVIDER } from './formats.ts'

const encryptor: ItemEncryptor = classicItemEncryptor({ tableName: 'people', partitionKey: 'id', provider: PROVIDER })

test('items of the SDK and ours are of one type, both ways, where there is no plugin', async () => {
  const item: Record<string, SdkValue> = { id: { S: '1' }, name: { L: [{ M: { first: { S: 'Ada' } } }] } }
  const { input } = new PutItemCommand({ TableName: 'people', Item: await encryptor.encryptItem(item) })
  const answer = { Item: input.Item, $metadata: {} } satisfies Awaited<ReturnType<typeof read>>
  const decrypted: Item = await encryptor.decryptItem(answer.Item!)
  expect(decrypted).toEqual(item)
})

test('a type that the SDK does not know is refused', async () => {
  const item: Record<string, SdkValue> = { id: { S: '1' }, name: { $unknown: ['X', 'Ada'] } }
  await expect(encryptor.encryptItem(item)).rejects.toEqual(new ItemCryptoError('MALFORMED', 'attribute "name": not an AttributeValue'))
})

/** For its type. */
const read = async (client: {
  send(command: GetItemCommand): Promise<{ Item?: Record<string, SdkValue> | undefined; $metadata: object }>
}) => client.send(new GetItemCommand({ TableName: 'people', Key: { id: { S: '1' } } }))
