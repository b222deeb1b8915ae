/** What is around the lines: pipes that pause, files that fail, terminals that are spoken to, memory. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, linkSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { file, folder, ITEMS, itemseal, MAIN } from './run.ts'

const key = (algorithm: string) => ({ algorithm, encoding: 'RAW', type: 'symmetric', material: Buffer.alloc(32, 1).toString('base64') })
const CONFIG = file({
  format: 'classic',
  table: 'people',
  partitionKey: 'id',
  actions: { default: 'ENCRYPT_AND_SIGN' },
  keys: { provider: 'static', encryptionKey: key('AES'), signingKey: key('HmacSHA256') },
})

test('a line is answered when the input pauses, however few there are, and in order', async () => {
  const child = spawn(process.execPath, [MAIN, 'encrypt', '--config', CONFIG])
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
  for (const count of [1, 1, 3]) {
    const ids = Array.from({ length: count }, (_, i) => `${count}-${i}`)
    child.stdin.write(ids.map((id) => `{"id":{"S":"${id}"}}\n`).join(''))
    for (const id of ids) expect(JSON.parse((await answers.next()).value).id).toEqual({ S: id }) // input is open all the while
  }
  child.stdin.write('{"id":{"S":"half')
  child.stdin.end('"}}')
  expect(JSON.parse((await answers.next()).value).id).toEqual({ S: 'half' })
  expect((await once(child, 'close'))[0]).toBe(0)
})

test('a line that fails ends the command while the input stays open', async () => {
  const child = spawn(process.execPath, [MAIN, 'encrypt', '--config', CONFIG])
  child.stdin.on('error', () => {})
  child.stdin.write('no item\n')
  expect((await once(child, 'exit'))[0]).toBe(1)
  child.stdin.destroy()
})

describe('files', () => {
  test.each([
    ['--in', 'a directory', folder, '--in: is a directory'],
    ['--in', 'one that is not there', join(folder, 'nothing'), '--in: cannot be opened (ENOENT)'],
    ['--out', 'a directory', folder, '--out: cannot be opened (EISDIR)'],
    ['--out', 'one in no folder', join(folder, 'no', 'where'), '--out: cannot be opened (ENOENT)'],
  ])('%s: %s is a wrong use', async (option, _, path, message) => {
    const run = await itemseal(['encrypt', '--config', CONFIG, option, path], ITEMS.join('\n'))
    expect(run).toMatchObject({ status: 2, out: [], err: expect.stringContaining(message) })
  })

  describe('an output that is what is read is refused, and stays as it is', () => {
    const content = ITEMS.join('\n')
    const run = (command: string, ...args: string[]) =>
      new Promise<[status: number | null, err: string]>((resolve) => {
        const child = spawn('/bin/sh', ['-c', command, process.execPath, MAIN, ...args])
        let err = ''
        child.stderr.on('data', (piece: Buffer) => {
          err += piece.toString()
        })
        child.on('close', (status) => resolve([status, err]))
      })
    const linked = (link: (from: string, to: string) => void) => {
      const from = file(content)
      const to = `${from}.link`
      link(from, to)
      return [from, to] as const
    }
    const itself = () => {
      const path = file(content)
      return [path, path] as const
    }

    test.each([
      ['by its own name', itself],
      ['by a symbolic link', () => linked(symlinkSync)],
      ['by a hard link', () => linked(linkSync)],
    ])('%s, as --in and as standard input', async (_, paths) => {
      const [from, to] = paths()
      const named = await itemseal(['encrypt', '--config', CONFIG, '--in', from, '--out', to])
      expect(named).toMatchObject({ status: 2, out: [], err: expect.stringContaining('--in and --out are the same file') })
      const [status, err] = await run('exec "$0" "$1" encrypt --config "$2" --out "$4" < "$3"', CONFIG, from, to)
      expect([status, err]).toEqual([2, expect.stringContaining('standard input and --out are the same file')])
      const [appended] = await run('exec "$0" "$1" encrypt --config "$2" --in "$3" >> "$4"', CONFIG, from, to)
      expect(appended).toBe(2)
      expect(readFileSync(from, 'utf8')).toBe(content)
    })

    test('the configuration', async () => {
      const config = `${CONFIG}.copy`
      copyFileSync(CONFIG, config)
      const refused = await itemseal(['encrypt', '--config', config, '--out', config], content)
      expect(refused).toMatchObject({ status: 2, out: [], err: expect.stringContaining('--config and --out are the same file') })
      expect(readFileSync(config, 'utf8')).toBe(readFileSync(CONFIG, 'utf8'))
    })

    test('what is no file of its own may be both', async () => {
      const [status] = await run('exec "$0" "$1" encrypt --config "$2" --out /dev/null < /dev/null', CONFIG)
      expect(status).toBe(0)
    })
  })

  test('a directory as standard input is a wrong use, and no empty input', async () => {
    const child = spawn('/bin/sh', ['-c', `"$0" "$@" < ${JSON.stringify(folder)}`, process.execPath, MAIN, 'encrypt', '--config', CONFIG])
    expect((await once(child, 'close'))[0]).toBe(2)
  })

  test('a line that is longer than any item is refused as that', async () => {
    const long = Buffer.alloc(100_000_002, ' ')
    long.write('"')
    long.write('"\n', long.length - 2)
    const { status, err } = await itemseal(['inspect'], long)
    expect([status, JSON.parse(err)]).toEqual([1, { line: 1, code: 'MALFORMED', message: 'longer than any item' }])
  })

  test.runIf(existsSync('/dev/full'))('a disk that is full is told of, as --out and as standard output', async () => {
    const lines = file(ITEMS.join('\n'))
    const named = await itemseal(['encrypt', '--config', CONFIG, '--in', lines, '--out', '/dev/full'])
    expect(named).toEqual({ status: 1, out: [], err: 'itemseal: output: cannot be written (ENOSPC)\n' })
    const child = spawn('/bin/sh', ['-c', '"$0" "$@" > /dev/full', process.execPath, MAIN, 'encrypt', '--config', CONFIG, '--in', lines])
    let err = ''
    child.stderr.on('data', (piece: Buffer) => {
      err += piece.toString()
    })
    expect([(await once(child, 'close'))[0], err]).toEqual([1, 'itemseal: output: cannot be written (ENOSPC)\n'])
  })
})

test('names and texts of an item cannot speak to the terminal', async () => {
  const hostile = '\u001b]0;owned\u0007\u001b[2J\r\u009b31m\u202eevil\u2028\u{e0001}'
  const item = JSON.stringify({ id: { S: '1' }, [hostile]: { N: '1' } })
  const plain = await itemseal(['inspect'], item)
  expect(plain.status).toBe(0)
  expect(plain.out.join('\n')).toContain('\\u001b]0;owned\\u0007\\u001b[2J\\u000d\\u009b31m\\u202eevil\\u2028\\udb40\\udc01  N, 1 bytes')
  const description = { '*amzn-ddb-map-desc*': { B: Buffer.concat([Buffer.alloc(4), text(hostile), text(hostile)]).toString('base64') } }
  const described = await itemseal(['inspect'], JSON.stringify({ id: { S: '1' }, ...description }))
  expect(described.out.join('\n')).toContain('\\u001b[2J')
  const refused = await itemseal(['encrypt', '--config', CONFIG], JSON.stringify({ [hostile]: { X: 1 } }))
  expect(JSON.parse(refused.err).message).toContain(JSON.stringify(hostile))
  for (const shown of [plain.out.join(''), described.out.join(''), refused.err.trimEnd()]) {
    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u)
  }
})

/** As the material description has it. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

test('20,000 lines need no more memory than 2,000', async () => {
  const peak = async (lines: number) => {
    const code = 'process.on("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS)))'
    const preload = `data:text/javascript,${encodeURIComponent(code)}`
    const child = spawn(process.execPath, ['--import', preload, '--max-old-space-size=64', MAIN, 'encrypt', '--config', CONFIG])
    let [written, err] = [0, '']
    child.stdout.on('data', (piece: Buffer) => {
      written += piece.filter((byte) => byte === 10).length
    })
    child.stderr.on('data', (piece: Buffer) => {
      err += piece.toString()
    })
    for (let i = 0; i < lines; i++) {
      const line = JSON.stringify({ id: { S: String(i) }, text: { S: 'x'.repeat(5000) } })
      if (!child.stdin.write(`${line}\n`)) await once(child.stdin, 'drain')
    }
    child.stdin.end()
    expect((await once(child, 'close'))[0]).toBe(0)
    expect(written).toBe(lines)
    return Number(err)
  }
  const few = await peak(2000)
  expect(few).toBeGreaterThan(10_000) // KiB
  expect(await peak(20_000)).toBeLessThan(few + 60_000) // the lines alone are 100 MB
})
