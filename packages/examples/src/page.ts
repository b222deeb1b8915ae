/** A page that encrypts an item and decrypts it again; the key never leaves it. Serve it over TLS, or from this machine. */
import { parseDynamoDbJson, stringifyDynamoDbJson } from '@itemseal/core'
import { rawAesKeyring } from '@itemseal/core/materials'
import { structuredItemEncryptor } from '@itemseal/core/structured'

const wrappingKey = crypto.getRandomValues(new Uint8Array(32)) // yours is derived from what the user knows, or comes from your server
const people = structuredItemEncryptor({
  tableName: 'people',
  partitionKey: 'id',
  actions: { default: 'ENCRYPT_AND_SIGN', attributes: { city: 'SIGN_ONLY' } },
  keyring: rawAesKeyring({ namespace: 'my keys', name: '2026', wrappingKey }),
})

const element = (id: string): HTMLElement => document.getElementById(id) ?? document.body
const show = (id: string, text: string) => {
  element(id).textContent = text
}

element('encrypt').addEventListener('click', async () => {
  try {
    const item = parseDynamoDbJson((element('item') as HTMLTextAreaElement).value) // the page has one of this name
    const encrypted = await people.encryptItem(item)
    show('stored', stringifyDynamoDbJson(encrypted))
    show('read', stringifyDynamoDbJson(await people.decryptItem(encrypted)))
  } catch (error) {
    show('read', String(error))
  }
})
