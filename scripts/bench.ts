import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createCallers } from './bench/callers.ts'
import { chosenBy } from './bench/chosen.ts'
import { brokenBounds, COUNT_CASES, figuresOf } from './bench/count-cases.ts'
import { countOne } from './bench/counts.ts'
import type { Figures } from './bench/figures/figures.ts'
import { openLoad } from './bench/load.ts'
import { describeMachine } from './bench/machine.ts'
import { measure } from './bench/measure.ts'
import { startOutside } from './bench/outside.ts'
import { countsTable, type Findings, pageOf } from './bench/page.ts'
import { buildTargets, TARGETS } from './bench/targets.ts'
import { gzipKibOf, MAX_GZIP_KIB } from './bundle-size.ts'
import { aborted, askedToEnd } from './dev/ending.ts'

const help = `Usage: npm run bench -- [options]

Measures the built gateway beside a bare pass-through worker and the stock composition of its
libraries: processor time, store round trips and commands, first bytes, memory. Needs Linux and
redis-server; takes nginx and wrk where they are installed. Prints a page, JSON with --json.

  --counts           only what is exact (round trips, commands, bundle size), in seconds; exits 1
                     when a bound is broken
  --only NAME        one scenario or figure; may be given more than once
  --million          with --only heap: a million users, which takes half an hour
  --rounds N         how often each target has its turn (5)
  --previous REF     measures the gateway of a git ref too
  --json             the figures for programs
  --write            writes docs/benchmarks.md and docs/benchmarks.json
  --help`

/** A scenario that is not begun by then is left out; with the figures' five minutes the whole takes a quarter of an hour. */
const LAST_BEGIN_MINUTES = 10

const asked = askedToEnd()
const started = new AsyncDisposableStack()
try {
  await Promise.race([main(), aborted(asked)])
} catch (error) {
  if (!asked.aborted) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
await started.disposeAsync()
// Interrupted, it has found nothing out.
if (asked.aborted) process.exitCode = 1
process.exit()

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      counts: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      million: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      previous: { type: 'string' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number')
  if (values.help) process.stdout.write(`${help}\n`)
  else if (values.counts) await countAll()
  else await measureAll({ ...values, rounds })
}

/** The short form: the same on every machine, however busy. */
async function countAll(): Promise<void> {
  const outside = await startOutside(started)
  const { targets, gzipKib } = await built(['gateway'], undefined)
  const [gateway] = targets
  if (!gateway) throw new Error('there is nothing to count')
  const callers = createCallers(outside.issuer)
  const counted = []
  for (const of of COUNT_CASES) {
    const count = await countOne(of, gateway, outside, callers)
    counted.push({ of, count, figures: figuresOf(count) })
  }
  const size = `bundle: ${gzipKib.toFixed(1)} KiB gzip, at most ${MAX_GZIP_KIB}`
  process.stdout.write(`${countsTable(counted)}\n\n${size}\n`)
  const broken = counted.flatMap(({ of, figures }) => brokenBounds(of, figures))
  if (gzipKib > MAX_GZIP_KIB) broken.push(size)
  if (broken.length > 0) throw new Error(broken.join('; '))
}

interface Wanted {
  readonly only: readonly string[]
  readonly million: boolean
  readonly rounds: number
  readonly previous?: string | undefined
  readonly json: boolean
  readonly write: boolean
}

async function measureAll({ only, million, rounds, previous, json, write }: Wanted): Promise<void> {
  const startedAt = performance.now()
  const wanted = chosenBy(only)
  const outside = await startOutside(started)
  const load = await openLoad()
  started.defer(load.stop)
  const { targets, gzipKib } = await built(TARGETS, previous)
  const world = { outside, load, callers: createCallers(outside.issuer) }

  const minutesSoFar = () => (performance.now() - startedAt) / 60_000
  const tell = (name: string) =>
    process.stderr.write(`bench: ${name} (${minutesSoFar().toFixed(1)} min)\n`)

  const scenarios: Findings['scenarios'][number][] = []
  for (const scenario of wanted.scenarios) {
    if (minutesSoFar() > LAST_BEGIN_MINUTES) break
    const { name, about } = scenario
    tell(name)
    scenarios.push({ name, about, measured: await measure(scenario, targets, world, rounds) })
  }
  let figures: Figures = {}
  for (const { name, measure } of wanted.figures) {
    tell(name)
    // Wherever the last scenario had it.
    outside.store.delayMs = 0
    figures = { ...figures, ...(await measure(targets, world, million)) }
  }
  const findings: Findings = {
    machine: await describeMachine(),
    upstream: outside.upstream.kind,
    load: load.kind,
    rounds,
    gzipKib,
    scenarios,
    figures,
    leftOut: wanted.scenarios.slice(scenarios.length).map(({ name }) => name),
  }
  const text = `${JSON.stringify(findings, undefined, 2)}\n`
  process.stdout.write(json ? text : pageOf(findings))
  if (!write) return
  writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), pageOf(findings))
  writeFileSync(new URL('../docs/benchmarks.json', import.meta.url), text)
}

async function built(names: Parameters<typeof buildTargets>[0], previous: string | undefined) {
  const targets = await buildTargets(names, previous, started)
  const script = targets.find(({ name }) => name === 'gateway')?.script ?? ''
  return { targets, gzipKib: gzipKibOf(script) }
}
