import type { Benchmarks } from './benchmarks.ts'
import { mostRequestsPerDay, perMillionRequests, perMonth, type Use } from './bill.ts'
import { FLEETS, type Fleet, type Growth, ISOLATES, LOADS, USED } from './growth.ts'
import { PRICES } from './prices.ts'
import type { Simulated } from './simulate.ts'
import { simulatedUse, stockUse } from './uses.ts'
import { dollars, number, table, whole } from './words.ts'

const MILLION = 1_000_000

/** Of a million requests and of a month, by load and fleet. */
export function growthTables(growth: Growth, benchmarks: Benchmarks | undefined): string {
  const stock = stockUse(benchmarks)
  const head = ['requests a day', ...FLEETS.map(nameOf), ...(stock ? ['stock, anywhere'] : [])]
  const rows = (cell: (load: number, use: Use, simulated?: Simulated) => string) =>
    LOADS.map((load) => [
      whole(load),
      ...growth.byLoad
        .filter(({ point }) => point.requestsPerDay === load)
        .map(({ simulated }) => cell(load, simulatedUse(simulated, benchmarks), simulated)),
      ...(stock ? [cell(load, stock)] : []),
    ])
  return `Dollars for a million requests, and in parentheses the commands per request:

${table(
  head,
  rows((_, use) => `${dollars(perMillionRequests(use).total)} (${number(use.commands, 2)})`),
)}

Dollars for a month of 30 days, with the plan's ${dollars(PRICES.workers.perMonth)} and what they include:

${table(
  head,
  rows((load, use) => dollars(perMonth(load, use).total)),
)}

![Dollars for a million requests by load, and store commands by the number of isolates](costs.svg)`
}

export function userTable({ byUsers }: Growth): string {
  return table(
    ['users', 'requests a user and day', 'round trips', 'commands', 'refused'],
    byUsers.map(({ point, simulated }) => [
      whole(point.users),
      whole(point.requestsPerDay / point.users),
      number(simulated.roundTrips, 2),
      number(simulated.commands, 2),
      `${number(simulated.refused * 100, 1)} %`,
    ]),
  )
}

export function visitTable({ byVisit }: Growth): string {
  return table(
    ['visit', 'what it is', 'of all requests', ...ISOLATES.map((count) => isolates(count))],
    byVisit.map(({ visit, grown }) => [
      visit.name,
      visit.about,
      `${number(visit.share * 100, 0)} %`,
      ...grown.map(({ simulated }) => number(simulated.commands, 2)),
    ]),
  )
}

export function paceTable({ byPace }: Growth): string {
  return table(
    ['requests a second', ...byPace.map(({ perSecond }) => `${perSecond}`)],
    [['commands per request', ...byPace.map(({ commands }) => number(commands, 2))]],
  )
}

export function limitTable({ byLimit }: Growth): string {
  return table(
    ['requests a minute', ...USED.map((used) => `${number(used * 100, 0)} % used`)],
    byLimit.map(({ minute, commands }) => [
      whole(minute),
      ...commands.map((count) => number(count, 2)),
    ]),
  )
}

/** As many requests a day as one database of the plan takes. */
export function ceilings({ byLoad }: Growth, benchmarks: Benchmarks | undefined): string {
  const stock = stockUse(benchmarks)
  const most = (commands: number) => `${whole(mostRequestsPerDay(commands) / MILLION)} million`
  const each = byLoad
    .slice(-FLEETS.length)
    .map(({ point, simulated }) => `- ${most(simulated.commands)} over ${nameOf(point)}`)
  if (stock) each.push(`- ${most(stock.commands)} with the stock composition`)
  return `One database of this plan takes ${whole(PRICES.store.mostCommandsPerSecond)} commands a second. If those inside scripts count, that is enough for so
many requests a day, evenly spread; above it another plan has to be agreed on, and its price is not this one:

${each.join('\n')}`
}

export function nameOf({ dataCentres, isolates: count }: Fleet): string {
  return `${dataCentres} data ${dataCentres === 1 ? 'centre' : 'centres'}, ${isolates(count)}${dataCentres === 1 ? '' : ' each'}`
}

function isolates(count: number): string {
  return count === 1 ? '1 isolate' : `${count} isolates`
}
