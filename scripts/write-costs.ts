import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SCENARIOS } from './bench/scenarios.ts'
import { agreements, disagreements } from './costs/agreement.ts'
import { benchmarksFrom } from './costs/benchmarks.ts'
import { simulateAll } from './costs/growth.ts'
import { costsPage } from './costs/page.ts'

const help = `Usage: npm run costs -- [options]

Writes docs/costs.md from the figures in docs/benchmarks.json and from a simulation of leases, in
some seconds.

  --from FILE   another file of figures (npm run bench -- --json)
  --to FILE     another page
  --check       writes nothing; exits 1 when the page is not what would be written
  --help`

try {
  const { values } = parseArgs({
    options: {
      from: { type: 'string', default: inDocs('benchmarks.json') },
      to: { type: 'string', default: inDocs('costs.md') },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) process.stdout.write(`${help}\n`)
  else if (values.check) await compare(values.to, await pageFrom(values.from))
  else await writeFile(values.to, await pageFrom(values.from))
} catch (error) {
  process.stderr.write(`costs: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

async function pageFrom(file: string): Promise<string> {
  const benchmarks = existsSync(file) ? benchmarksFrom(await readFile(file, 'utf8')) : undefined
  const compared = await agreements(benchmarks)
  const untrue = disagreements(compared)
  if (untrue.length > 0) {
    throw new Error(`the simulation is not what was measured: ${untrue.join(', ')}`)
  }
  return costsPage({
    benchmarks,
    scenarios: SCENARIOS.map(({ name }) => name),
    growth: await simulateAll(),
    agreements: compared,
  })
}

async function compare(file: string, page: string): Promise<void> {
  if ((await readFile(file, 'utf8')) !== page) {
    throw new Error(`${file} is stale: write it anew with npm run costs`)
  }
}

function inDocs(name: string): string {
  return fileURLToPath(new URL(`../docs/${name}`, import.meta.url))
}
