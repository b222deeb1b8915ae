import type { Curve, Hash } from '@itemseal/core'
import { describe, expect, test } from 'vitest'
import { hex, PROVIDERS } from './support/providers.ts'

const count = (length: number) => Uint8Array.from({ length }, (_, i) => i)
const ascii = (text: string) => new TextEncoder().encode(text)

describe.each(Object.entries(PROVIDERS))('%s gives the published answers', (name, p) => {
  const has224 = name !== 'webCrypto'

  // FIPS 180-4 examples
  test.each([
    ['SHA-1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['SHA-224', '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7'],
    ['SHA-256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['SHA-384', 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7'],
    [
      'SHA-512',
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    ],
  ] satisfies [Hash, string][])('of %s of "abc"', async (hash, answer) => {
    if (hash === 'SHA-224' && !has224) await expect((async () => p.digest(hash, ascii('abc')))()).rejects.toThrow('pass nobleCrypto')
    else expect(await p.digest(hash, ascii('abc'))).toEqual(hex(answer))
  })

  // RFC 4231, case 2; SHA-1: RFC 2202, case 2
  test.each([
    ['SHA-1', 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79'],
    ['SHA-224', 'a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44'],
    ['SHA-256', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    ['SHA-384', 'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649'],
    [
      'SHA-512',
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
    ],
  ] satisfies [Hash, string][])('of HMAC-%s', async (hash, answer) => {
    const mac = async () => p.hmac(hash, ascii('Jefe'), ascii('what do ya want for nothing?'))
    if (hash === 'SHA-224' && !has224) await expect(mac()).rejects.toThrow('pass nobleCrypto')
    else expect(await mac()).toEqual(hex(answer))
  })

  test('of HMAC-SHA-256 with a key longer than a block (RFC 4231, case 6)', async () => {
    const data = ascii('Test Using Larger Than Block-Size Key - Hash Key First')
    expect(await p.hmac('SHA-256', new Uint8Array(131).fill(0xaa), data)).toEqual(
      hex('60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'),
    )
  })

  test('of HKDF without salt and info (RFC 5869, case 3)', async () => {
    const okm = hex('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8')
    expect(await p.hkdf('SHA-256', new Uint8Array(22).fill(0x0b), new Uint8Array(0), 42)).toEqual(okm)
  })

  // RFC 3394, 4.1 to 4.6
  test.each([
    [16, 16, '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5'],
    [24, 16, '96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d'],
    [32, 16, '64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7'],
    [24, 24, '031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2'],
    [32, 24, 'a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1'],
    [32, 32, '28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21'],
  ])('of a key-encryption key of %i bytes around a key of %i', async (kekLength, length, answer) => {
    const key = hex('00112233445566778899aabbccddeeff0001020304050607 08090a0b0c0d0e0f').subarray(0, length)
    expect(await p.aesKwWrap(count(kekLength), key)).toEqual(hex(answer))
    expect(await p.aesKwUnwrap(count(kekLength), hex(answer))).toEqual(key)
  })

  // SP 800-38A, F.2 (CBC, first block) and F.5 (CTR, first block); the cipher's second CBC block is padding
  const block = hex('6bc1bee22e409f96e93d7e117393172a')
  test.each([
    ['2b7e151628aed2a6abf7158809cf4f3c', '7649abac8119b246cee98e9b12e9197d', '874d6191b620e3261bef6864990db6ce'],
    ['8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b', '4f021db243bc633d7178183a9fa071e8', '1abc932417521ca24f2b0459fe7e6e0b'],
    [
      '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
      'f58c4c04d6e5f1ba779eabfb5f7bfbd6',
      '601ec313775789a5b7a7f504bbf3d228',
    ],
  ])('of AES-CBC and AES-CTR under %s', async (key, cbc, ctr) => {
    expect((await p.aesCbcEncrypt(hex(key), count(16), block)).subarray(0, 16)).toEqual(hex(cbc))
    const keystream = await p.aesCtrKeystream(hex(key), hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'), 16)
    expect(keystream.map((byte, i) => byte ^ block[i]!)).toEqual(hex(ctr))
  })

  // The GCM submission's test cases 4 (128 bits), 10 (192), 16 (256)
  test.each([
    ['feffe9928665731c6d6a8f9467308308', '5bc94fbc3221a5db94fae95ae7121a47'],
    ['feffe9928665731c6d6a8f9467308308feffe9928665731c', '2519498e80f1478f37ba55bd6d27618c'],
    ['feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308', '76fc6ece0f4e1768cddf8853bb2d551b'],
  ])('of AES-GCM under %s', async (key, tag) => {
    const plaintext = hex(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    )
    const aad = hex('feedfacedeadbeeffeedfacedeadbeefabaddad2')
    const encrypted = await p.aesGcmEncrypt(hex(key), hex('cafebabefacedbaddecaf888'), aad, plaintext)
    expect(encrypted.length).toBe(plaintext.length + 16)
    expect(encrypted.subarray(-16)).toEqual(hex(tag))
  })

  // RFC 6979, A.2.5 to A.2.7: message "sample", with the curve's own hash
  test.each([
    [
      'P-256',
      '60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6 7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299',
      'EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716 F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8',
    ],
    [
      'P-384',
      `EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13
       8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720`,
      `94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46
       99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8`,
    ],
  ] satisfies [Curve, string, string][])('of ECDSA on %s', async (curve, point, signature) => {
    const publicKey = hex(`04${point}`)
    expect(await p.ecdsaVerify(curve, publicKey, hex(signature), ascii('sample'))).toBe(true)
    expect(await p.ecdsaVerify(curve, publicKey, hex(signature), ascii('Sample'))).toBe(false)
  })
})
