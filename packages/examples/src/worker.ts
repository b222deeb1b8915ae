/** A Cloudflare Worker: encrypts and decrypts items, with keys of AWS KMS over `fetch` and no AWS SDK. */
import { ItemCryptoError, itemFromJson, itemToJson } from '@itemseal/core'
import { structuredItemEncryptor } from '@itemseal/core/structured'
import { fetchKmsClient, kmsKeyring } from '@itemseal/kms'

/** Variables and secrets of the Worker. `KMS_ENDPOINT` is for tests. */
export interface Env {
  readonly AWS_REGION: string
  readonly AWS_ACCESS_KEY_ID: string
  readonly AWS_SECRET_ACCESS_KEY: string
  readonly KMS_KEY_ARN: string
  readonly KMS_ENDPOINT?: string
}

const worker: { fetch(request: Request, env: Env): Promise<Response> } = {
  /** `POST /encrypt` and `POST /decrypt`, an item in DynamoDB JSON each. */
  async fetch(request, env) {
    const { pathname } = new URL(request.url)
    if (request.method !== 'POST' || !['/encrypt', '/decrypt'].includes(pathname)) return new Response('not found', { status: 404 })
    try {
      const item = itemFromJson(await request.json())
      const people = peopleWith(env)
      const result = pathname === '/encrypt' ? await people.encryptItem(item) : await people.decryptItem(item)
      return Response.json(itemToJson(result))
    } catch (error) {
      const code = error instanceof ItemCryptoError ? error.code : 'BAD_REQUEST'
      return Response.json({ code }, { status: 400 })
    }
  },
}
export default worker

function peopleWith({ AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, KMS_KEY_ARN, KMS_ENDPOINT }: Env) {
  const client = fetchKmsClient({
    region: AWS_REGION,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    ...(KMS_ENDPOINT !== undefined && { endpoint: KMS_ENDPOINT }),
  })
  return structuredItemEncryptor({
    tableName: 'people',
    partitionKey: 'id',
    actions: { default: 'ENCRYPT_AND_SIGN', attributes: { city: 'SIGN_ONLY' } },
    keyring: kmsKeyring({ keyId: KMS_KEY_ARN, client }),
  })
}
