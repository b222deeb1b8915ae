import { expect, test } from 'vitest'
import { LEAST, startOwn } from '../src/own-process.ts'
import { peerLine, peersMarkdown } from '../src/peer-report.ts'
import { comparison, type PeerResult, peerCases } from '../src/peers.ts'
import { series } from '../src/timing.ts'
import { workNamed } from '../src/works.ts'

const ON = { date: '2026-01-01', cpu: 'some', cores: 2, memory: '4 GiB', system: 'Linux', node: 'v20' }
const OURS = ['nodeCrypto', 'webCrypto']
const SMALL = { format: 'classic', work: 'small', operation: 'encrypt' } as const
const RESULT: PeerResult = {
  ...SMALL,
  ...comparison(
    OURS,
    ['p', 'q'],
    [
      [10, 20, 30],
      [100, 40, 60],
      [40, 60, 150],
      [150, 300, 450],
    ].map(series),
  ),
}

test('a peer is compared with each of ours within a round, and the median taken', () => {
  expect(RESULT.ours).toEqual({ nodeCrypto: { median: 20, least: 10 }, webCrypto: { median: 60, least: 40 } })
  expect(RESULT.peers).toEqual({
    p: { median: 60, least: 40, times: { nodeCrypto: { median: 4, least: 4 }, webCrypto: { median: 1.5, least: 1 } } },
    q: { median: 300, least: 150, times: { nodeCrypto: { median: 15, least: 15 }, webCrypto: { median: 7.5, least: 3.75 } } },
  })
  expect(RESULT.rounds).toBe(3)
})

test('without a peer there are only our own times', () => {
  const { ours, peers } = comparison(['nodeCrypto'], [], [series([1])])
  expect(ours).toEqual({ nodeCrypto: { median: 1, least: 1 } })
  expect(peers).toEqual({})
})

test('the tables have a column for each of ours and for each peer, and say which peer did not run', () => {
  const other: PeerResult = { ...SMALL, work: 'large', ...comparison(OURS, [], [series([2]), series([4])]) }
  const peers = { ran: [{ name: 'p', version: 'p 1.0', runtime: 'some machine' }], missing: { r: 'mvn not found' } }
  const text = peersMarkdown([RESULT, other], peers, ON)
  expect(text).toContain('2026-01-01, some, 2 cores')
  expect(text).toContain('- p: p 1.0, some machine\n- r: not run: mvn not found\n')
  expect(text).toContain('## classic\n\n|  | nodeCrypto | webCrypto | p | q |\n')
  expect(text).toContain('\n| small encrypt | 20 | 60 | 60 (4.0 / 1.5) | 300 (15 / 7.5) |\n')
  expect(text).toContain('\n| large encrypt | 2.0 | 4.0 |  |  |\n')
  expect(text.slice(text.indexOf('## classic, least'))).toContain('\n| small encrypt | 10 | 40 | 40 (4.0 / 1.0) | 150 (15 / 3.8) |\n')
})

test('a line for the terminal has the same figures', () => {
  const line = peerLine(RESULT)
  expect(line).toMatch(/^classic small encrypt +nodeCrypto +20 µs +webCrypto +60 µs +p 60 \(4\.0 \/ 1\.5\) /)
  expect(line).toMatch(/q 300 \(15 \/ 7\.5\) +least 150 \(15 \/ 3\.8\)$/)
})

test('peers are timed on every work but a page, in every format that they have', () => {
  const cases = peerCases('')
  expect(cases.length).toBe(3 * 5 * 2)
  expect(cases.some(({ work }) => work === 'page')).toBe(false)
  expect(new Set(cases.map(({ format }) => format))).toEqual(new Set(['classic', '0x6700', '0x6701']))
  expect(peerCases('0x6700 large decrypt')).toEqual([{ format: '0x6700', work: 'large', operation: 'decrypt' }])
})

test('ours run in processes of their own, and tell of what fails there', async () => {
  const model = workNamed('small').items[0]!
  for (const name of ['nodeCrypto', LEAST]) {
    const own = startOwn(name)
    try {
      expect(await (await own.subject(SMALL, model)).measure(3)).toBeGreaterThan(0)
      await expect(own.subject({ ...SMALL, operation: 'decrypt' }, model).then((it) => it.measure(1))).rejects.toThrow()
    } finally {
      own.close()
    }
  }
})
