import { parseArgs } from 'node:util'
import { bundlesOf } from './bench/bundles.ts'
import { createCallers } from './bench/callers.ts'
import { chosenBy } from './bench/chosen.ts'
import { brokenBounds, COUNT_CASES } from './bench/count-cases.ts'
import { countEach } from './bench/counts.ts'
import type { Figures } from './bench/figures/figures.ts'
import {
  type Findings,
  findingsFrom,
  readFindings,
  type Stored,
  textFrom,
} from './bench/findings.ts'
import { openLoad } from './bench/load.ts'
import { describeMachine } from './bench/machine.ts'
import { measure } from './bench/measure.ts'
import { startOutside } from './bench/outside.ts'
import { countsTable, pageOf } from './bench/page.ts'
import { staleFiles, write } from './bench/publish.ts'
import { buildTargets, TARGETS } from './bench/targets.ts'
import { MAX_GZIP_KIB } from './bundle-size.ts'
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
  --write            writes the figures, the page and the plots in docs, and what the README says
                     of them
  --from FILE        measures nothing: takes what a run has written with --json
  --check            with --from: writes nothing; exits 1 when docs or README show other figures
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
      from: { type: 'string' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number')
  if (values.help) process.stdout.write(`${help}\n`)
  else if (values.counts) await countAll()
  else if (values.from !== undefined) await show(readFindings(values.from), values)
  else if (values.check) throw new Error('--check takes --from FILE')
  else await measureAll({ ...values, rounds })
}

/** The short form: the same on every machine, however busy. */
async function countAll(): Promise<void> {
  const outside = await startOutside(started)
  const targets = await buildTargets(['gateway'], undefined, started)
  const counted = await countEach(targets, outside, createCallers(outside.issuer))
  const [gzipKib = 0] = bundlesOf(targets).map((bundle) => bundle.gzipKib)
  const size = `bundle: ${gzipKib.toFixed(1)} KiB gzip, at most ${MAX_GZIP_KIB}`
  process.stdout.write(`${countsTable(counted)}\n\n${size}\n`)
  const broken = COUNT_CASES.flatMap((of) =>
    counted
      .filter(({ name }) => name === of.name)
      .flatMap(({ figures }) => brokenBounds(of, figures)),
  )
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
  readonly check: boolean
}

async function measureAll(wanted: Wanted): Promise<void> {
  const { only, million, rounds, previous } = wanted
  const startedAt = performance.now()
  const chosen = chosenBy(only)
  const outside = await startOutside(started)
  const load = await openLoad()
  started.defer(load.stop)
  const targets = await buildTargets(TARGETS, previous, started)
  // What is no matter of one request after the other asks for a gateway.
  const whole = targets.filter(({ name }) => name !== 'floor')
  const callers = createCallers(outside.issuer)
  const world = { outside, load, callers }

  const minutesSoFar = () => (performance.now() - startedAt) / 60_000
  const tell = (name: string) =>
    process.stderr.write(`bench: ${name} (${minutesSoFar().toFixed(1)} min)\n`)

  const scenarios: Findings['scenarios'][number][] = []
  for (const scenario of chosen.scenarios) {
    if (minutesSoFar() > LAST_BEGIN_MINUTES) break
    const { name, about } = scenario
    tell(name)
    await kept(name, async () => {
      scenarios.push({ name, about, measured: await measure(scenario, targets, world, rounds) })
    })
  }
  let figures: Figures = {}
  for (const { name, measure } of chosen.figures) {
    tell(name)
    // Wherever the last scenario had it.
    outside.store.delayMs = 0
    await kept(name, async () => {
      figures = { ...figures, ...(await measure(whole, world, million)) }
    })
  }
  const findings: Findings = {
    measuredOn: new Date().toISOString().slice(0, 10),
    machine: await describeMachine(),
    upstream: outside.upstream.kind,
    load: load.kind,
    rounds,
    bundles: bundlesOf(targets),
    scenarios,
    figures,
    counted: only.length > 0 ? [] : await countEach(targets, outside, callers),
    leftOut: chosen.scenarios
      .map(({ name }) => name)
      .filter((name) => !scenarios.some((measured) => measured.name === name)),
  }
  // As it will be read again: what is shown now is what is shown then.
  const text = textFrom(findings)
  await show({ text, findings: findingsFrom(text, 'the run') }, wanted)
}

/** One that fails must not take along what was measured before it. */
async function kept(name: string, measuring: () => Promise<void>): Promise<void> {
  try {
    await measuring()
  } catch (error) {
    process.exitCode = 1
    process.stderr.write(
      `bench: ${name} failed: ${error instanceof Error ? error.message : error}\n`,
    )
  }
}

async function show(
  { text, findings }: Stored,
  wanted: Pick<Wanted, 'json' | 'write' | 'check'>,
): Promise<void> {
  if (wanted.check) {
    const stale = await staleFiles(findings, text)
    if (stale.length === 0) return
    throw new Error(
      `stale: ${stale.join(', ')}; write anew with --from docs/benchmarks.json --write`,
    )
  }
  process.stdout.write(wanted.json ? text : pageOf(findings))
  if (wanted.write) await write(findings, text)
}
