import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measuredPart } from '../../../scripts/costs/measured-part.ts'

const run = promisify(execFile)
const FIGURES = 'test/scripts/costs/benchmarks.json'
const PATIENCE_MS = 120_000

let folder: string
let page: string
let plot: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'costs-'))
  const file = join(folder, 'costs.md')
  await costs('--from', FIGURES, '--to', file)
  page = await readFile(file, 'utf8')
  plot = await readFile(join(folder, 'costs.svg'), 'utf8')
}, PATIENCE_MS)
afterAll(() => rm(folder, { recursive: true }))

/** What the command prints and how it exits. */
function costs(...args: string[]) {
  return run('node_modules/.bin/node', ['scripts/write-costs.ts', ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

describe('the cost page', () => {
  it.each([
    ['busy', '| busy | gateway | 0.013 | 0.05 | 487 | $0.30 | $0.010 | $0.11 | $0.42 |'],
    ['stock beside it', '|  | stock | 1.998 | 7.99 | 692 | $0.30 | $0.014 | $15.98 | $16.30 |'],
    ['a target that answered nobody', '|  | stock | – | – | – | – | – | – | – |'],
  ])('bills %s', (_, row) => {
    expect(page).toContain(row)
  })

  it('tells how much of the stock bill is store commands', () => {
    expect(page).toContain(
      "Of the stock composition's $16.30 for a busy user 98 % are store commands",
    )
  })

  it.each([
    ['the run of each minute', 'a minute is added up and judged | 12.9 a minute | $1.11 a month'],
    ['explanations', '| $0.080 for a million requests, 1 % of them errors |'],
    ['an open console', 'charges for what it asks | 150 a minute | $0.018 an hour |'],
    ['a scrape', 'with the charge for it | 11 a minute | $0.94 a month |'],
  ])('bills operators: %s', (_, cells) => {
    expect(page).toContain(cells)
  })

  it('names what has not been measured', () => {
    expect(page).toMatch(/Not measured yet: .*\bpost-10-kb\b/)
  })

  it('shows the simulation beside what was measured', () => {
    expect(page).toMatch(/\| round-robin \| 0\.274 \| 0\.2\d\d \| 1\.10 \| 1\.\d\d \|/)
    expect(page).toMatch(/\| person \| 0\.742 \| 0\.7\d\d \| 2\.98 \| [23]\.\d\d \|/)
  })

  it.each(['1', '1,000', '1,000,000,000'])('has a bill for %s requests a day', (load) => {
    expect(page).toMatch(new RegExp(`^\\| ${load} \\| \\$[\\d.]+ \\(`, 'm'))
  })

  it('says where the gateway is not cheaper', () => {
    expect(page).toContain('refused-address ($0.003 more)')
  })
})

describe('the plot of the costs', () => {
  it.each(['stock', '1 data centre, 1 isolate', '300 data centres, 8 isolates each', 'program'])(
    'names the line of %s',
    (line) => {
      expect(plot).toContain(`>${line}</text>`)
    },
  )

  it('has a place for every number', () => {
    expect(plot).not.toMatch(/NaN|undefined|Infinity/)
    expect(page).toContain('(costs.svg)')
  })

  it('is legible at night', () => {
    expect(plot).toContain('@media (prefers-color-scheme: dark)')
  })
})

describe('without figures', () => {
  it('says that there are none', () => {
    expect(measuredPart(undefined, ['busy'])).toContain('No benchmark has been written')
  })
})

describe('the command', () => {
  it('finds a page that is not as it would be written', { timeout: PATIENCE_MS }, async () => {
    const stale = join(folder, 'stale.md')
    await writeFile(stale, page.replace('$16.30', '$16.31'))

    const { code, stderr } = await costs('--check', '--from', FIGURES, '--to', stale)

    expect(code).toBe(1)
    expect(stderr).toContain('write it anew with npm run costs')
  })

  it('writes nothing that the measurements contradict', async () => {
    const figures = JSON.parse(await readFile(FIGURES, 'utf8'))
    const scenarios = figures.scenarios.map((scenario: { name: string; measured: object[] }) =>
      scenario.name === 'busy'
        ? { ...scenario, measured: scenario.measured.map((one) => ({ ...one, roundTrips: 0.9 })) }
        : scenario,
    )
    const wrong = join(folder, 'wrong.json')
    await writeFile(wrong, JSON.stringify({ ...figures, scenarios }))

    const { code, stderr } = await costs('--from', wrong, '--to', join(folder, 'none.md'))

    expect(code).toBe(1)
    expect(stderr).toContain('the simulation is not what was measured: busy')
  })

  it('tells the bill of an API that is described', async () => {
    const own = [
      '--requests',
      '1000000',
      '--users',
      '5000',
      '--data-centres',
      '3',
      '--isolates',
      '4',
    ]
    const { stdout } = await costs('--from', FIGURES, ...own)

    expect(stdout).toContain(
      '1,000,000 requests a day by 5,000 users over 3 data centres, 4 isolates each:',
    )
    expect(stdout).toMatch(/^\| gateway \| 3\.\d\d \| \$[67]\.\d\d \| \$\d{3} \|$/m)
    expect(stdout).toContain('| stock | 7.99 | $16.30 | $490 |')
  })

  it.each([
    ['no whole number', ['--requests', 'many'], '--requests takes a whole number'],
    ['no requests at all', ['--requests', '0'], '--requests takes a whole number'],
    [
      'more of a user than is allowed',
      ['--requests', '1000000000', '--users', '10'],
      'a user may not make 1,000,000 requests a day',
    ],
  ])('bills nobody for %s', async (_, args, reason) => {
    const { code, stderr } = await costs(...args)

    expect(code).toBe(1)
    expect(stderr).toBe(`costs: ${reason}\n`)
  })
})
