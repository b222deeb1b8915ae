/**
 * The two formats, as far as the demo tells of them: how a table is configured, and what can be seen of its items.
 *
 * @module
 */
import { hmacSigner, type Item, webCrypto } from '@itemseal/core'
import { staticProvider } from '@itemseal/core/classic'
import { inspectItem } from '@itemseal/core/inspect'
import { rawAesKeyring } from '@itemseal/core/materials'
import type { TableConfig } from '@itemseal/dynamodb'
import { classicTable } from '@itemseal/dynamodb/classic'
import { structuredTable } from '@itemseal/dynamodb/structured'

export interface Format {
  /** Who else reads and writes it. */
  readonly peers: string
  /** The call of `table`, as an application has it. */
  readonly code: string
  /** The demo's table, under new random keys. */
  readonly table: () => TableConfig
  /** A word on each attribute that is stored in clear. */
  readonly remarks: Readonly<Record<string, string>>
  /** What an item says of itself without any key: a title and a text each. */
  readonly facts: (item: Item) => readonly (readonly [string, string])[]
}

export type FormatName = 'classic' | 'structured'

const KEY_REMARKS = { partition_key: 'key: readable, signed', sort_key: 'key: readable, signed' }

export const FORMATS: Readonly<Record<FormatName, Format>> = {
  classic: {
    peers: 'the AWS clients for Java and Python',
    code: `classicTable({
  partitionKey: 'partition_key', sortKey: 'sort_key',
  provider: staticProvider({ encryptionKey, signer: hmacSigner('HmacSHA256', signingKey) }),
  actions: { default: 'ENCRYPT_AND_SIGN', attributes: { test: 'DO_NOTHING' } },
})`,
    table() {
      const [encryptionKey, signingKey] = [webCrypto.randomBytes(32), webCrypto.randomBytes(32)]
      return classicTable({
        partitionKey: 'partition_key',
        sortKey: 'sort_key',
        provider: staticProvider({ encryptionKey, signer: hmacSigner('HmacSHA256', signingKey) }),
        actions: { default: 'ENCRYPT_AND_SIGN', attributes: { test: 'DO_NOTHING' } },
      })
    },
    remarks: {
      ...KEY_REMARKS,
      test: 'DO_NOTHING: neither encrypted nor signed',
      '*amzn-ddb-map-desc*': 'for the reader: which algorithms were used',
      '*amzn-ddb-map-sig*': 'the signature of the item',
    },
    facts(item) {
      const facts = inspectItem(item)
      if (facts.format !== 'classic') throw unexpected(facts.format)
      return [
        ['format', facts.format],
        ...Object.entries(facts.description),
        ['may be encrypted', `${facts.maybeEncrypted.join(', ')}: the length of their bytes allows it`],
        ['signature', `${facts.signatureLength} bytes`],
      ]
    },
  },

  structured: {
    peers: 'the AWS Database Encryption SDK for Java, .NET, Rust and Go',
    code: `structuredTable({
  partitionKey: 'partition_key', sortKey: 'sort_key',
  keyring: rawAesKeyring({ namespace: 'demo', name: 'example, 2026', wrappingKey }),
  actions: { default: 'ENCRYPT_AND_SIGN', attributes: { test: 'DO_NOTHING' } },
  allowedUnsignedAttributes: ['test'],
})`,
    table() {
      const wrappingKey = webCrypto.randomBytes(32)
      return structuredTable({
        partitionKey: 'partition_key',
        sortKey: 'sort_key',
        keyring: rawAesKeyring({ namespace: 'demo', name: 'example, 2026', wrappingKey }),
        actions: { default: 'ENCRYPT_AND_SIGN', attributes: { test: 'DO_NOTHING' } },
        allowedUnsignedAttributes: ['test'],
      })
    },
    remarks: {
      ...KEY_REMARKS,
      test: 'DO_NOTHING: neither, as allowedUnsignedAttributes says',
      aws_dbe_head: 'header: algorithms, actions, the wrapped data key',
      aws_dbe_foot: 'footer: a MAC and a signature of all but test',
    },
    facts(item) {
      const facts = inspectItem(item)
      if (facts.format !== 'structured') throw unexpected(facts.format)
      const { version, algorithmSuite, messageId, legend, encryptionContext, dataKeys, headerLength, footerLength } = facts
      return [
        ['format', `${facts.format}, header version ${version}, suite ${algorithmSuite}`],
        ['message id', messageId],
        ['legend', `${legend}: a letter per signed attribute, e encrypted, s only signed`],
        ['context', `${Object.keys(encryptionContext).join(', ')}; other entries are made anew from the item`],
        ...dataKeys.map(
          ({ kind, keyProviderId, keyProviderInfo, keyName, length }) =>
            [
              'data key',
              `${kind}, ${keyName === undefined ? keyProviderInfo : `namespace "${keyProviderId}", name "${keyName}"`}, ${length} bytes`,
            ] as const,
        ),
        ['sizes', `header ${headerLength} bytes, footer ${footerLength} bytes`],
      ]
    },
  },
}

function unexpected(format: string): Error {
  return new Error(`the stored item is of the form ${format}`)
}
