/** A plain Node script that imports the core and nothing else: encrypts an item and decrypts it. */
import { stringifyDynamoDbJson } from '@itemseal/core'
import { rawAesKeyring } from '@itemseal/core/materials'
import { structuredItemEncryptor } from '@itemseal/core/structured'

const wrappingKey = crypto.getRandomValues(new Uint8Array(32)) // yours comes from where you keep your secrets
const keyring = rawAesKeyring({ namespace: 'my keys', name: '2026', wrappingKey })
const people = structuredItemEncryptor({
  tableName: 'people',
  partitionKey: 'id',
  actions: { default: 'ENCRYPT_AND_SIGN', attributes: { city: 'SIGN_ONLY' } },
  keyring,
})

const encrypted = await people.encryptItem({ id: { S: '1' }, name: { S: 'Ada' }, city: { S: 'London' } })
console.log('stored:', Object.keys(encrypted).join(' '))
console.log('read:', stringifyDynamoDbJson(await people.decryptItem(encrypted)))
