import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SCENARIOS } from './bench/scenarios.ts'
import { type Agreement, agreements, disagreements, visitAgreements } from './costs/agreement.ts'
import { type Benchmarks, benchmarksFrom } from './costs/benchmarks.ts'
import { estimate } from './costs/estimate.ts'
import { PER_USER, simulateAll } from './costs/growth.ts'
import { costsPage } from './costs/page.ts'
import { drawCosts } from './costs/plot.ts'

const help = `Usage: npm run costs -- [options]

Writes docs/costs.md and docs/costs.svg from the figures in docs/benchmarks.json and from a
simulation of leases, in some seconds.

  --from FILE   another file of figures (npm run bench -- --json)
  --to FILE     another page, its plot beside it
  --check       writes nothing; exits 1 when one of them is not what would be written
  --help

Or tells the bill of an API of your own:

  --requests N      a day
  --users N         who make them (one for each ${PER_USER} requests)
  --data-centres N  that serve them (1)
  --isolates N      in each of those (1)`

try {
  const { values } = parseArgs({
    options: {
      from: { type: 'string', default: inDocs('benchmarks.json') },
      to: { type: 'string', default: inDocs('costs.md') },
      check: { type: 'boolean', default: false },
      requests: { type: 'string' },
      users: { type: 'string' },
      'data-centres': { type: 'string', default: '1' },
      isolates: { type: 'string', default: '1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { requests, users, 'data-centres': dataCentres, isolates } = values
  if (values.help) process.stdout.write(`${help}\n`)
  else if (requests !== undefined) {
    const requestsPerDay = countOf('requests', requests)
    const own = {
      requestsPerDay,
      users: users === undefined ? Math.ceil(requestsPerDay / PER_USER) : countOf('users', users),
      dataCentres: countOf('data-centres', dataCentres),
      isolates: countOf('isolates', isolates),
    }
    process.stdout.write(await estimate(own, await benchmarksIn(values.from)))
  } else {
    const { page, plot } = await writtenFrom(values.from)
    const take = values.check ? compare : writeFile
    await take(values.to, page)
    await take(values.to.replace(/\.md$/, '.svg'), plot)
  }
} catch (error) {
  process.stderr.write(`costs: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

function countOf(name: string, text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`--${name} takes a whole number`)
  return count
}

async function benchmarksIn(file: string): Promise<Benchmarks | undefined> {
  return existsSync(file) ? benchmarksFrom(await readFile(file, 'utf8')) : undefined
}

async function writtenFrom(file: string): Promise<{ page: string; plot: string }> {
  const benchmarks = await benchmarksIn(file)
  const scenarios = SCENARIOS.map(({ name }) => name)
  const replayed = await agreements(benchmarks)
  checkTrue(replayed)
  const growth = await simulateAll()
  const visited = visitAgreements(growth)
  checkTrue(visited)
  const agreed = [...replayed, ...visited]
  return {
    page: costsPage({ benchmarks, scenarios, growth, agreements: agreed }),
    plot: await drawCosts(growth, benchmarks),
  }
}

function checkTrue(compared: readonly Agreement[]): void {
  const untrue = disagreements(compared)
  if (untrue.length > 0) {
    throw new Error(`the simulation is not what was measured: ${untrue.join(', ')}`)
  }
}

async function compare(file: string, text: string): Promise<void> {
  if ((await readFile(file, 'utf8')) !== text) {
    throw new Error(`${file} is stale: write it anew with npm run costs`)
  }
}

function inDocs(name: string): string {
  return fileURLToPath(new URL(`../docs/${name}`, import.meta.url))
}
