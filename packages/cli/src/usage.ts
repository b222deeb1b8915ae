/**
 * Help texts.
 *
 * @module
 */

/** The command was called in a way that it does not understand. */
export class UsageError extends Error {}

/** The input cannot be read on, or the output takes no more. */
export class StreamError extends Error {}

/** What the system did not do, by its code. */
export function cannot(what: string, done: string, error: unknown): string {
  return `${what}: cannot be ${done} (${(error as NodeJS.ErrnoException).code ?? 'for no reason given'})`
}

export const HELP = `itemseal: client-side encryption of DynamoDB items

  itemseal encrypt --config FILE [--in FILE] [--out FILE] [--keep-going]
  itemseal decrypt --config FILE [--in FILE] [--out FILE] [--keep-going] [--allow-plaintext] [--export]
  itemseal inspect [--json] [--in FILE] [--out FILE] [--keep-going]

Items are lines of DynamoDB JSON, such as {"id":{"S":"1"},"photo":{"B":"AAEC"}}, from standard input to standard output
unless --in or --out name a file. They come out in the order they came in.

  --config FILE       the configuration: format, table, keys of the table, actions, keys (JSON)
  --keep-going        a line that fails does not stop the command; the exit status is 1 all the same
  --export            decrypt: the lines are those of an export of the table to S3 in DynamoDB JSON, full or incremental,
                      such as {"Item":{…}}; unpacked, as by gunzip
  --allow-plaintext   decrypt: lets items pass that bear neither signature nor description, unverified
  --json              inspect: one line of JSON for each item
  --help, --version

A line that fails is told of on standard error, as {"line":3,"code":"NOT_AUTHENTIC","message":"…"}.
Exit status: 0 all is well; 1 a line failed; 2 wrong usage or configuration.

An example configuration:

  {"format": "classic", "table": "people", "partitionKey": "id",
   "actions": {"default": "ENCRYPT_AND_SIGN", "attributes": {"city": "SIGN_ONLY"}},
   "keys": {"provider": "static",
     "encryptionKey": {"algorithm": "AES", "encoding": "RAW", "type": "symmetric", "material": "<base64 of 32 bytes>"},
     "signingKey": {"algorithm": "HmacSHA256", "encoding": "RAW", "type": "symmetric", "material": "<base64 of 32 bytes>"}}}
`
