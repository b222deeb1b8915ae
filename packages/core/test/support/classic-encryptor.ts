import { type ClassicItemEncryptorOptions, classicItemEncryptor } from '../../src/classic/encryptor.ts'
import { staticProvider } from '../../src/classic/static-provider.ts'
import type { ItemEncryptor } from '../../src/item.ts'
import type { ClassicPrimitives } from '../../src/primitives.ts'
import { hmacSigner } from '../../src/signer.ts'
import { classicWebCrypto } from '../../src/webcrypto.ts'

/** So many bytes, counting up. */
export function range(first: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => first + i)
}

export const encryptionKey = range(0, 32)
export const signingKey = range(0x20, 32)
export const provider = staticProvider({ encryptionKey, signer: hmacSigner('HmacSHA256', signingKey) })

/** An encryptor for the table `T`, with the keys `pk` and `sk`, unless said otherwise. */
export function encryptorFor(options: Partial<ClassicItemEncryptorOptions> = {}): ItemEncryptor {
  return classicItemEncryptor({ tableName: 'T', partitionKey: 'pk', sortKey: 'sk', provider, ...options })
}

/** Counts the calls of each primitive. */
export function counting(p: ClassicPrimitives = classicWebCrypto): { primitives: ClassicPrimitives; calls: Record<string, number> } {
  const calls: Record<string, number> = {}
  const primitives = Object.fromEntries(
    Object.entries(p).map(([name, call]) => [
      name,
      (...args: unknown[]) => {
        calls[name] = (calls[name] ?? 0) + 1
        return (call as (...args: unknown[]) => unknown)(...args)
      },
    ]),
  ) as unknown as ClassicPrimitives
  return { primitives, calls }
}
