import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

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
  ['no Redis', ['--counts'], /^bench: no redis-server is on the PATH\n$/],
])('says what is wrong and exits 1: %s', async (_, args, line) => {
  const { out, err, code } = await bench(args, { PATH: '' })

  expect({ out, code }).toEqual({ out: '', code: 1 })
  expect(err).toMatch(line)
})

it.each(['--counts', '--only', '--million', '--rounds', '--previous', '--json', '--write'])(
  'names its options in its help: %s',
  async (option) => {
    const { out, code } = await bench(['--help'])

    expect(code).toBe(0)
    expect(out).toContain(`  ${option} `)
  },
)
