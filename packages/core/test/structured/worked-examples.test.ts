import { describe, expect, test } from 'vitest'
import { concat } from '../../src/bytes.ts'
import { serializeContext } from '../../src/materials/encryption-context.ts'
import { canonicalPaths } from '../../src/structured/canonical-path.ts'
import { itemContext } from '../../src/structured/context.ts'
import { decryptFields, encryptFields, parted } from '../../src/structured/fields.ts'
import { sign } from '../../src/structured/footer.ts'
import { serializeValue } from '../../src/structured/value.ts'
import { emptyEncryption } from '../support/structured-materials.ts'
import { PROVIDERS } from '../support/structured-providers.ts'
import { hex } from '../support/structured-vectors.ts'

const path = canonicalPaths('GazelleVectorTable')
const table = { tableName: 'GazelleVectorTable', partitionKey: 'RecNum' }
const attribute = (name: string, value: { S: string } | { N: string }) => ({ name, value, bytes: serializeValue(value) })
const field = (name: string, S: string) => ({ path: path(name), letter: 'e', ...parted(serializeValue({ S })) })

for (const [provider, p] of PROVIDERS) {
  describe(`worked examples (structured-item-format, section 15) over ${provider}`, () => {
    test('version 1, flavor 0', async () => {
      const messageId = hex('4b4c80a3adec3acb4bd515327689a8b1fc827adf2472c55cacb9c8bb4eedba63')
      const dataKey = hex('d6be9694ef1293d26f9ebe7bbea5d703e6e91d79a2833a5c0443a92ae0b6364b')
      const context = itemContext(table, 1, [attribute('RecNum', { N: '1' })])
      expect(context).toEqual({
        'aws-crypto-attr.RecNum': 'AAIx',
        'aws-crypto-partition-name': 'RecNum',
        'aws-crypto-table-name': 'GazelleVectorTable',
      })
      expect(serializeContext(context)).toEqual(
        hex(
          '000300166177732d63727970746f2d617474722e5265634e756d00044141497800196177732d63727970746f2d706172746974696f6e2d6e616d65' +
            '00065265634e756d00156177732d63727970746f2d7461626c652d6e616d65001247617a656c6c65566563746f725461626c65',
        ),
      )
      const fields = [field('Junk', 'JunkData'), field('Stuff', 'StuffData')]
      const stored = await encryptFields(p, dataKey, messageId, fields)
      expect(stored.map(({ type, content }) => concat(type, content))).toEqual([
        hex('00010aed78149a64993cbea39edfa7ee24b5688946eec6518f1a'),
        hex('000178bf94826fdc8824513fe6e56947b822cfc80e9c2b3c0d1dfb'),
      ])
      expect(await decryptFields(p, dataKey, messageId, stored)).toEqual(fields)
      const hash = hex('4af4ca9662903478a978d5d68d82790d9cfb59e35b9e53c65cfcbf161ba3131b41cd5e88bac0a4f2daf8961ffc4364a9')
      const symmetricSigningKeys = [hex('44a23eccdc00699a5a67535f8ba7a49feeaed5ada5c6b4c05401279e0aea20c7')]
      expect(await sign(p, { ...emptyEncryption(), symmetricSigningKeys }, hash)).toEqual(
        hex('943773d411a55d41a3b247c0fe430c0433983f1b464c53801fa16688318b480d5bb08549d3bf08e89e36616f75e32b82'),
      )
    })

    test('version 2, flavor 1: only encrypted fields are counted', async () => {
      const messageId = hex('494f0f39a4486146cfec499c9bb26fe82fe920662e9222b105226227893d3a61')
      const dataKey = hex('a3767e8713395b16b5bd3ccfea9fbe954746c182d9a7f61afb333bd8e9e60811')
      expect(itemContext(table, 2, [attribute('RecNum', { N: '1' }), attribute('Junk', { S: 'JunkData' })])).toEqual({
        'aws-crypto-attr.Junk': 'JunkData',
        'aws-crypto-attr.RecNum': '1',
        'aws-crypto-legend': 'SN',
        'aws-crypto-partition-name': 'RecNum',
        'aws-crypto-table-name': 'GazelleVectorTable',
      })
      const stored = await encryptFields(p, dataKey, messageId, [field('Stuff', 'StuffData')])
      expect(stored.map(({ type, content }) => concat(type, content))).toEqual([
        hex('00014fec1bc4038d88d76f851efd381909831d6acb8308e01b00f8'),
      ])
      const hash = hex('0d749349d0f43ec6d4c68532fa3657d99e3de542568b249e1855b99941ae6dea57a474c714fce51902f596e8281b6aec')
      const symmetricSigningKeys = [hex('43b527bbf24c9f73e7d9812313ded4e2362d27b416979805034883b67163699b')]
      expect(await sign(p, { ...emptyEncryption(), symmetricSigningKeys }, hash)).toEqual(
        hex('a847d001646c29e200514e6b79d2a035b669094eaf1970e52d7c3f5ddf95c7c79350eaf96d91b802676d9740b6527f98'),
      )
    })
  })
}
