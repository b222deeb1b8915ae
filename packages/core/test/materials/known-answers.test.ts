import { describe, expect, test } from 'vitest'
import {
  addDataKey,
  hierarchicalKeyring,
  inMemoryBranchKeyStore,
  rawAesKeyring,
  rawEcdhKeyring,
  unwrapUnderEcdh,
} from '../../src/materials/index.ts'
import { peerVectors } from '../support/peer-vectors.ts'
import { type KeyManifest, pem } from '../support/structured-keyrings.ts'
import { emptyDecryption, emptyEncryption } from '../support/structured-materials.ts'
import { PROVIDERS, scripted } from '../support/structured-providers.ts'
import { bytes, hex, range } from '../support/structured-vectors.ts'

const DATA_KEY = range(0x40, 0x5f)
const INTERMEDIATE_KEY = range(0x00, 0x1f)
const WRAPPED_DATA_KEY = hex('4c86f22f7d585770fca83927715953b4c6794e478e03f1d233f933ecf99c8930714bbc0454e2550d2f1bcd98c75c9fc2')
const SIGNING_KEY = hex('7bb5e936d6b6e4f1526bc18721ee2ff5065d2539c50be03b3e60a8c825d81592')
const IV = range(0xc0, 0xcb)

const keys = peerVectors.present ? (peerVectors.read('keyrings/data-keys.json') as { keys: KeyManifest }).keys : {}

/** Each keyring with what it draws at random besides data key and intermediate key. */
for (const [provider, p] of PROVIDERS) {
  describe(`known answers (materials-and-keyrings, section 8) over ${provider}`, () => {
    test('intermediate key wrapping', async () => {
      const random = scripted(p, DATA_KEY, INTERMEDIATE_KEY)
      const made = await addDataKey(emptyEncryption(), random, (key) => {
        expect(key).toEqual(INTERMEDIATE_KEY)
        return { keyProviderId: 'p', keyProviderInfo: hex('01'), ciphertext: hex('0203') }
      })
      expect(made.plaintextDataKey).toEqual(DATA_KEY)
      expect(made.symmetricSigningKeys).toEqual([SIGNING_KEY])
      expect(made.encryptedDataKeys[0]!.ciphertext.subarray(0, 48)).toEqual(WRAPPED_DATA_KEY)
      expect(made.encryptedDataKeys[0]!.ciphertext.subarray(48)).toEqual(hex('0203'))
    })

    test('raw AES', async () => {
      const keyring = rawAesKeyring({ namespace: 'my-namespace', name: 'my-key', wrappingKey: range(0x80, 0x9f) })
      const made = await keyring.onEncrypt(emptyEncryption(), scripted(p, DATA_KEY, INTERMEDIATE_KEY, IV))
      const [edk] = made.encryptedDataKeys
      expect(edk!.keyProviderId).toBe('my-namespace')
      expect(edk!.keyProviderInfo).toEqual(hex('6d792d6b6579000000800000000cc0c1c2c3c4c5c6c7c8c9cacb'))
      expect(edk!.ciphertext.subarray(48)).toEqual(
        hex('643d8281b8a8e5c40a263d444eac3e3f39d01852f615e44231f7b6a633ca739ce0417cc5201a6b01d5d64d6d4f237ac5'),
      )
      const opened = await keyring.onDecrypt(emptyDecryption(), made.encryptedDataKeys, p)
      expect([opened.plaintextDataKey, opened.symmetricSigningKey]).toEqual([DATA_KEY, SIGNING_KEY])
    })

    test('hierarchical', async () => {
      const version = 'e9ce18a3-edb5-4272-9f86-1cacb7997ff6'
      const keyStore = inMemoryBranchKeyStore([{ branchKeyId: 'bkid', version, branchKey: range(0x10, 0x2f) }])
      const keyring = hierarchicalKeyring({ keyStore, branchKeyId: 'bkid', ttlSeconds: 60, partitionId: 'not random' })
      const random = scripted(p, DATA_KEY, INTERMEDIATE_KEY, hex('d0d1d2d3d4d5d6d7d8d9dadbdcdddedf c0c1c2c3c4c5c6c7c8c9cacb'))
      const made = await keyring.onEncrypt(emptyEncryption(), random)
      const [edk] = made.encryptedDataKeys
      expect(edk!.keyProviderId).toBe('aws-kms-hierarchy')
      expect(edk!.keyProviderInfo).toEqual(hex('626b6964'))
      expect(edk!.ciphertext.subarray(48)).toEqual(
        hex(
          'd0d1d2d3d4d5d6d7d8d9dadbdcdddedfc0c1c2c3c4c5c6c7c8c9cacbe9ce18a3edb542729f861cacb7997ff6' +
            '7403a1693be632a738b70edfe5a2ad490e9b422b6a5c0a0752f35c3811b043ef1cc7e6db5d87fa433865cc72c89337ae',
        ),
      )
      const opened = await keyring.onDecrypt(emptyDecryption(), made.encryptedDataKeys, p)
      expect(opened.plaintextDataKey).toEqual(DATA_KEY)
    })

    test.skipIf(!peerVectors.present)(peerVectors.title('raw ECDH over P-256'), async () => {
      const key = keys['ecc-256-private']!
      const curve = 'P-256'
      const privateKey = pem(key['sender-material']!)
      const publicKey = bytes(key['recipient-material-public-key']!)
      const keyring = rawEcdhKeyring({ curve, schema: 'static', privateKey, publicKey })
      const made = await keyring.onEncrypt(emptyEncryption(), scripted(p, DATA_KEY, INTERMEDIATE_KEY, range(0xe0, 0xff)))
      const sender = hex('02a7520c7b4ab94784f227dcc7197dcddc108b3cf9715fec9be172e575c1610b19')
      const recipient = hex('0258c5ffc078446ed99dd5b43a24a650ecfdab6e1886d6ec81a19276cad8c3fe35')
      const [edk] = made.encryptedDataKeys
      expect(edk!.keyProviderId).toBe('raw-ecdh')
      expect(edk!.keyProviderInfo).toEqual(
        hex(`01 00000021 ${Buffer.from(recipient).toString('hex')} 00000021 ${Buffer.from(sender).toString('hex')}`),
      )
      expect(edk!.ciphertext.subarray(48, 80)).toEqual(range(0xe0, 0xff))
      expect(edk!.ciphertext.subarray(80, 112)).toEqual(hex('22ea6c0a3913027417b7d9cda51290c03a1ff38ae4b0f899dfc961eb1a227a3a'))
      expect(edk!.ciphertext.subarray(112)).toEqual(
        hex('317bebf96caa643c0c0f0e604c4f478384bb28c79f165caad60abc840ec1b66df096ad675f7562446b617f422d17ff1c'),
      )
      const secret = hex('96c10772505c8cc60f842c6610a8486615cbe1e0f1def98e4b082cddf2713d1f')
      const agreement = { curve, parties: { sender, recipient }, secret } as const
      const wrapped = edk!.ciphertext.subarray(48)
      expect(await unwrapUnderEcdh(p, agreement, emptyEncryption().encryptionContext, wrapped)).toEqual(INTERMEDIATE_KEY)
    })
  })
}
