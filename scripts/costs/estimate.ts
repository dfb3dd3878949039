import type { Benchmarks } from './benchmarks.ts'
import { perMillionRequests, perMonth, type Use } from './bill.ts'
import { type Point, simulate } from './simulate.ts'
import { nameOf } from './simulated-part.ts'
import { simulatedUse, stockUse } from './uses.ts'
import { VISITS } from './visits.ts'
import { dollars, number, table, whole } from './words.ts'

const SEED = 1
/** More than any tier may: they would all be refused, and a day of it takes long to simulate. */
const MOST_PER_USER = 1_000_000

/** The bill of an API that is used otherwise than those on the page. */
export async function estimate(
  of: Omit<Point, 'visits'>,
  benchmarks: Benchmarks | undefined,
): Promise<string> {
  if (of.requestsPerDay / of.users > MOST_PER_USER) {
    throw new Error(`a user may not make ${whole(MOST_PER_USER)} requests a day`)
  }
  const simulated = await simulate({ ...of, visits: VISITS }, SEED)
  const stock = stockUse(benchmarks)
  const rowOf = (name: string, use: Use) => [
    name,
    number(use.commands, 2),
    dollars(perMillionRequests(use).total),
    dollars(perMonth(of.requestsPerDay, use).total),
  ]
  return `${whole(of.requestsPerDay)} requests a day by ${whole(of.users)} users over ${nameOf(of)}:

${table(
  ['', 'commands per request', 'a million requests', 'a month'],
  [
    rowOf('gateway', simulatedUse(simulated, benchmarks)),
    ...(stock ? [rowOf('stock', stock)] : []),
  ],
)}
`
}
