/** Keys of the soak: of a KMS that has troubles too. */
import type { MaterialsProvider } from '@itemseal/core/classic'
import type { Keyring } from '@itemseal/core/materials'
import { fetchKmsClient, kmsKeyring } from '@itemseal/kms'
import { directKmsProvider } from '@itemseal/kms/classic'
import { INTERNAL, type LocalKmsAction, startLocalKms, THROTTLED } from '@itemseal/local-kms'
import type { Random } from './random.ts'

export interface TroubledKeys {
  readonly keys: { readonly provider: MaterialsProvider; readonly keyring: Keyring }
  /** How often each trouble came. */
  readonly counts: Map<string, number>
  /** From now on there is none. */
  recover(): void
  close(): Promise<void>
}

export async function troubledKeys(random: Random): Promise<TroubledKeys> {
  const kms = await startLocalKms()
  const key = await kms.createKey()
  const counts = new Map<string, number>()
  const client = fetchKmsClient({ endpoint: kms.endpoint, credentials: kms.credentials, region: 'us-east-1', backoffMs: 1 })
  kms.onRequest(() => {
    const [name, action] = troubleFor(random.nat(1000))
    counts.set(name, (counts.get(name) ?? 0) + 1)
    return action
  })
  return {
    keys: { provider: directKmsProvider({ keyId: key.arn, client }), keyring: kmsKeyring({ keyId: key.arn, client }) },
    counts,
    recover: () => kms.onRequest(undefined),
    close: () => kms.close(),
  }
}

/** The first three pass, with another attempt. */
function troubleFor(kind: number): readonly [string, LocalKmsAction] {
  if (kind < 10) return ['throttled', { fail: THROTTLED }]
  if (kind < 20) return ['in trouble', { fail: INTERNAL }]
  if (kind < 25) return ['answer lost', { drop: 'after' }]
  if (kind < 32) return ['denied', { fail: { type: 'AccessDeniedException' } }]
  if (kind < 36) return ['key disabled', { fail: { type: 'DisabledException' } }]
  return ['none', {}]
}
