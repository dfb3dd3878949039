import { type Benchmarks, type Measured, scenarioIn } from './benchmarks.ts'
import { commandShare, perMillionRequests } from './bill.ts'
import { dollars, number, percent, table } from './words.ts'

const HEAD = [
  'scenario',
  'target',
  'round trips',
  'commands',
  'processor µs',
  'requests',
  'processor',
  'commands',
  'total',
]

/** What was measured, at the list prices. `known`: the names of all scenarios that there are. */
export function measuredPart(benchmarks: Benchmarks | undefined, known: readonly string[]): string {
  if (!benchmarks) {
    return `No benchmark has been written to docs/benchmarks.json yet (\`npm run bench -- --write\`): there is nothing to
compute with, and processor time counts as nothing below.`
  }
  const { scenarios, rounds, commit, processor } = benchmarks
  const missing = known.filter((name) => !scenarios.some((scenario) => scenario.name === name))
  const rows = scenarios.flatMap(({ name, gateway, stock }) => [
    rowOf(name, 'gateway', gateway),
    rowOf('', 'stock', stock),
  ])
  return `Per request as measured ([benchmarks.md](benchmarks.md): commit ${commit}, ${processor}, median of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}),
and in dollars for a million requests beyond what the plan includes. A dash: the target answered nobody.

${table(HEAD, rows)}

${table(
  ['scenario', 'what is sent'],
  scenarios.map(({ name, about }) => [name, about]),
)}
${missing.length > 0 ? `\nNot measured yet: ${missing.join(', ')}.\n` : ''}
${stockSentence(benchmarks)}`
}

/** The scenarios in which the gateway's bill is the higher one, and by how much for a million requests. */
export function dearerScenarios({ scenarios }: Benchmarks): { name: string; more: number }[] {
  return scenarios.flatMap(({ name, gateway, stock }) => {
    const more = gateway && stock ? totalOf(gateway) - totalOf(stock) : 0
    return more > 0 ? [{ name, more }] : []
  })
}

function stockSentence(benchmarks: Benchmarks): string {
  const busy = scenarioIn(benchmarks, 'busy')
  if (!busy?.stock || !busy.gateway) return ''
  const stock = perMillionRequests(busy.stock)
  const gateway = perMillionRequests(busy.gateway)
  return `Of the stock composition's ${dollars(stock.total)} for a busy user ${percent(commandShare(stock))} are store commands; of the gateway's
${dollars(gateway.total)}, ${percent(commandShare(gateway))}. The processor's part is ${dollars(stock.processor)} and ${dollars(gateway.processor)}, and nowhere in the table more than ${dollars(mostProcessor(benchmarks))}: on a
processor three times as slow no bill would rise by more than ${dollars(2 * mostProcessor(benchmarks))}. It is felt in milliseconds, not in dollars.`
}

function mostProcessor({ scenarios }: Benchmarks): number {
  const all = scenarios.flatMap(({ gateway, stock }) => [gateway, stock])
  return Math.max(...all.map((one) => (one ? perMillionRequests(one).processor : 0)))
}

function totalOf(measured: Measured): number {
  return perMillionRequests(measured).total
}

function rowOf(name: string, target: string, measured: Measured | undefined): string[] {
  const bill = measured && perMillionRequests(measured)
  return [
    name,
    target,
    number(measured?.roundTrips, 3),
    number(measured?.commands, 2),
    number(measured?.processorUs, 0),
    dollars(bill?.requests),
    dollars(bill?.processor),
    dollars(bill?.commands),
    dollars(bill?.total),
  ]
}
