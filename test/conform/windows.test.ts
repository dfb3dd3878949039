import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { judge } from '../../scripts/conform/judge.ts'
import { DEFAULTS } from '../../scripts/conform/options.ts'
import { close, listen } from '../../scripts/upstream/listen.ts'
import { verdictsOf } from './judged-world.ts'

/** A minute and an hour that end in the same second, the one the tighter and then the other. */
async function verdictsOnWindows(policies: readonly string[]) {
  const reset = String(Math.floor(Date.now() / 1000) + 60)
  let asked = 0
  const server = createServer((_, response) => {
    const hour = asked++ % 2 === 1
    const remaining = (hour ? 5_000 : 100) - Math.ceil(asked / 2)
    response.setHeader('x-ratelimit-limit', hour ? '5000' : '100')
    response.setHeader('x-ratelimit-remaining', Math.max(0, remaining))
    response.setHeader('x-ratelimit-reset', reset)
    const policy = policies[hour ? 1 : 0]
    if (policy) response.setHeader('ratelimit-policy', policy)
    response.end('{}')
  })
  const url = new URL(`http://127.0.0.1:${await listen(server)}`)
  const report = await judge({ ...DEFAULTS, url, maxBodyBytes: 10 })
  await close(server)
  return verdictsOf(report)
}

it.each([
  ['that are told', ['"minute";q=100;w=60', '"hour";q=5000;w=3600']],
  ['that are not', []],
])('two windows %s may end at once: the limit of neither changes', async (_, policies) => {
  const verdicts = await verdictsOnWindows(policies)

  expect(verdicts['limit-constant']).toBe('held')
  expect(verdicts['remaining-never-rises']).toBe('held')
})
