import { webCrypto } from '@itemseal/core'
import { type Curve, type Keyring, rawEcdhKeyring, SUITES } from '@itemseal/core/materials'
import {
  kmsDiscoveryKeyring,
  kmsEcdhKeyring,
  kmsKeyring,
  kmsMrkDiscoveryKeyring,
  kmsMrkKeyring,
  kmsMultiKeyring,
  kmsRsaKeyring,
} from '@itemseal/kms'
import { startLocalKms } from '@itemseal/local-kms'
import { afterAll } from 'vitest'
import { keyringContract } from '../../core/test/support/keyring-contract.ts'
import { ecKeys } from '../../core/test/support/structured-keys.ts'
import { CLIENTS } from './clients.ts'

const kms = await startLocalKms()
afterAll(() => kms.close())

const [EAST, WEST] = ['us-east-1', 'eu-west-1']
const client = (region: string) => CLIENTS.fetch!(kms, region)
const [key, mrk, rsa] = await Promise.all([kms.createKey(), kms.createKey({ regions: [EAST, WEST] }), kms.createKey({ spec: 'RSA_2048' })])
const rsaKeyring = kmsRsaKeyring({ keyId: rsa.arn, algorithm: 'RSAES_OAEP_SHA_256', publicKey: rsa.publicKey!, client })

const contract = (name: string, writer: Keyring, reader: Keyring, suites?: Parameters<typeof keyringContract>[4]) =>
  keyringContract(name, webCrypto, writer, reader, suites)

contract('KMS, strict', kmsKeyring({ keyId: key.arn, client }), kmsKeyring({ keyId: key.arn, client }))
contract('KMS, read by discovery', kmsKeyring({ keyId: key.arn, client }), kmsDiscoveryKeyring({ client }))
contract('KMS MRK, read in another Region', kmsMrkKeyring({ keyId: mrk.arn, client }), kmsMrkKeyring({ keyId: mrk.arns[WEST]!, client }))
contract(
  'KMS MRK, read by discovery in another Region',
  kmsMrkKeyring({ keyId: mrk.arn, client }),
  kmsMrkDiscoveryKeyring({ client, region: WEST }),
)
contract('KMS, several keys', kmsMultiKeyring({ generator: mrk.arn, keyIds: [key.arn], client }), kmsKeyring({ keyId: key.arn, client }))
contract('KMS RSA', rsaKeyring, rsaKeyring, [SUITES['0x6700']])

for (const curve of ['P-256', 'P-384', 'P-521'] satisfies Curve[]) {
  const spec = `ECC_NIST_${curve.replace('-', '')}` as 'ECC_NIST_P256' // or another of them
  const [a, b] = await Promise.all([kms.createKey({ spec }), kms.createKey({ spec })])
  const raw = ecKeys(curve)
  const inKms = (from: typeof a, publicKey: Uint8Array) => kmsEcdhKeyring({ curve, schema: 'static', keyId: from.arn, publicKey, client })
  const discovery = kmsEcdhKeyring({ curve, schema: 'discovery', keyId: b.arn, client })
  const outside = rawEcdhKeyring({ curve, schema: 'static', privateKey: raw.privateKey, publicKey: b.publicKey! })
  contract(`KMS ECDH over ${curve}, read by the recipient`, inKms(a, b.publicKey!), inKms(b, a.publicKey!))
  contract(`KMS ECDH over ${curve}, read by the sender`, inKms(a, b.publicKey!), inKms(a, b.publicKey!))
  contract(`KMS ECDH over ${curve}, read by discovery`, inKms(a, b.publicKey!), discovery)
  contract(`raw ECDH over ${curve}, read in KMS by the recipient`, outside, inKms(b, raw.publicKey))
  contract(`raw ECDH over ${curve}, read in KMS by discovery`, outside, discovery)
  contract(
    `raw ephemeral ECDH over ${curve}, read in KMS`,
    rawEcdhKeyring({ curve, schema: 'ephemeral', publicKey: b.publicKey! }),
    discovery,
  )
  contract(`KMS ECDH over ${curve}, read outside by the recipient`, inKms(b, raw.publicKey), outside)
  contract(
    `KMS ECDH over ${curve}, read outside by discovery`,
    inKms(b, raw.publicKey),
    rawEcdhKeyring({ curve, schema: 'discovery', privateKey: raw.privateKey }),
  )
}
