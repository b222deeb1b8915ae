/**
 * Several keyrings as one: each wraps the same data key, any of them opens it (materials-and-keyrings, 2.8).
 *
 * @module
 */
import { ItemCryptoError } from '../errors.ts'
import { firstOpened, type Keyring } from './keyring.ts'

/** For `multiKeyring`: at least one member. */
export interface MultiKeyringOptions {
  /** Makes the data key. Without one this keyring only reads, unless another keyring made the data key before. */
  readonly generator?: Keyring
  readonly children?: readonly Keyring[]
}

/** @throws `CONFIGURATION` if there is neither a generator nor a child. */
export function multiKeyring({ generator, children = [] }: MultiKeyringOptions): Keyring {
  const members = [...(generator ? [generator] : []), ...children]
  if (members.length === 0) throw new ItemCryptoError('CONFIGURATION', 'multi-keyring: a generator or a child is needed')
  return {
    async onEncrypt(materials, p) {
      if ((materials.plaintextDataKey === undefined) !== (generator !== undefined))
        throw new ItemCryptoError(
          'CONFIGURATION',
          generator
            ? 'multi-keyring with generator: the materials have a plaintext data key'
            : 'multi-keyring: needs a generator to encrypt',
        )
      let current = materials
      for (const member of members) {
        const next = await member.onEncrypt(current, p)
        const { plaintextDataKey, encryptedDataKeys } = current
        if (
          next.plaintextDataKey === undefined ||
          (plaintextDataKey !== undefined && next.plaintextDataKey !== plaintextDataKey) ||
          encryptedDataKeys.some((key, i) => next.encryptedDataKeys[i] !== key)
        )
          throw new ItemCryptoError('NO_MATERIALS', 'multi-keyring: a member changed what those before it had made')
        current = next
      }
      return current
    },
    onDecrypt: (materials, keys, p) =>
      firstOpened('multi-keyring', materials, members, async (member) => {
        const opened = await member.onDecrypt(materials, keys, p)
        if (opened.plaintextDataKey === undefined) throw new ItemCryptoError('NO_MATERIALS', 'multi-keyring: a member gave no data key')
        return opened
      }),
  }
}
