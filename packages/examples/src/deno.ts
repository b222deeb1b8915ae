/** A Deno script, which needs no permission at all: decrypts what it has encrypted, and sees a changed item refused. */
import { ItemCryptoError, stringifyDynamoDbJson } from '@itemseal/core'
import { rawAesKeyring } from '@itemseal/core/materials'
import { structuredItemEncryptor } from '@itemseal/core/structured'

const wrappingKey = crypto.getRandomValues(new Uint8Array(32)) // yours comes from where you keep your secrets
const keyring = rawAesKeyring({ namespace: 'my keys', name: '2026', wrappingKey })
const actions = { default: 'ENCRYPT_AND_SIGN', attributes: { city: 'SIGN_ONLY' } } as const
const people = structuredItemEncryptor({ tableName: 'people', partitionKey: 'id', keyring, actions })

const encrypted = await people.encryptItem({ id: { S: '1' }, name: { S: 'Ada' }, city: { S: 'London' } })
console.log('read:', stringifyDynamoDbJson(await people.decryptItem(encrypted)))
try {
  await people.decryptItem({ ...encrypted, city: { S: 'Paris' } })
} catch (error) {
  if (error instanceof ItemCryptoError) console.log('changed:', error.code)
}
