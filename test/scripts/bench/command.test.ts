import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { Findings } from '../../../scripts/bench/findings.ts'

async function bench(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['scripts/bench.ts', ...args], { env })
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { out, err, code }
}

it.each([
  ['an unknown option', ['--cuonts'], /^bench: Unknown option '--cuonts'/],
  [
    'an unknown scenario',
    ['--only', 'idle'],
    /^bench: no scenario or figure is called idle; there are busy, .*, connections, heap, /,
  ],
  ['no number of rounds', ['--rounds', 'many'], /^bench: --rounds takes a whole number\n$/],
  ['nothing to check', ['--check'], /^bench: --check takes --from FILE\n$/],
  ['no figures', ['--from', 'package.json'], /^bench: package\.json holds nothing that a run /],
  ['no file', ['--from', 'nowhere.json'], /^bench: ENOENT.*nowhere\.json/],
  ['no Redis', ['--counts'], /^bench: no redis-server is on the PATH\n$/],
])('says what is wrong and exits 1: %s', async (_, args, line) => {
  const { out, err, code } = await bench(args, { PATH: '' })

  expect({ out, code }).toEqual({ out: '', code: 1 })
  expect(err).toMatch(line)
})

it.each([
  '--counts',
  '--only',
  '--million',
  '--rounds',
  '--previous',
  '--json',
  '--write',
  '--from',
  '--check',
])('names its options in its help: %s', async (option) => {
  const { out, code } = await bench(['--help'])

  expect(code).toBe(0)
  expect(out).toContain(`  ${option} `)
})

describe('what docs and README show', () => {
  const STORED = 'docs/benchmarks.json'

  it('is what the stored figures give', async () => {
    expect(await bench(['--from', STORED, '--check'])).toEqual({ out: '', err: '', code: 0 })
  })

  it('is stale of other figures, and is left alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-'))
    const other = join(folder, 'other.json')
    const stored: Findings = JSON.parse(await readFile(STORED, 'utf8'))
    const scenarios = stored.scenarios.map((scenario) => ({
      ...scenario,
      measured: scenario.measured.map((one) => ({
        ...one,
        ratio: { low: 1, median: 41, high: 42 },
        firstByteOver: { low: 1, median: 41, high: 42 },
      })),
    }))
    await writeFile(other, JSON.stringify({ ...stored, scenarios }))

    const { err, code } = await bench(['--from', other, '--check'])

    expect(code).toBe(1)
    expect(err).toMatch(
      /^bench: stale: docs\/benchmarks\.json, docs\/benchmarks\.md, docs\/benchmarks\.svg, docs\/benchmarks-first-byte\.svg, README\.md; write anew with /,
    )
    expect((await bench(['--from', STORED, '--check'])).code).toBe(0)
    await rm(folder, { recursive: true })
  })

  it('can be printed without measuring', async () => {
    const { out, code } = await bench(['--from', STORED])

    expect(code).toBe(0)
    expect(out).toBe(await readFile('docs/benchmarks.md', 'utf8'))
  })
})
