import type { Agreement } from './agreement.ts'
import { assumptions } from './assumptions.ts'
import type { Benchmarks } from './benchmarks.ts'
import { perMillionRequests } from './bill.ts'
import { type Growth, MIDDLE_FLEET, PER_USER } from './growth.ts'
import { IDLE_MS, MEAN_LIFE_MS } from './isolates.ts'
import { dearerScenarios, measuredPart } from './measured-part.ts'
import { operatorsPart } from './operators-part.ts'
import { COMMANDS_OF_RUNS_PER_MONTH, EXPLAINED } from './operators-use.ts'
import { PRICES } from './prices.ts'
import { STORE_MS } from './simulate.ts'
import {
  ceilings,
  growthTables,
  limitTable,
  nameOf,
  paceTable,
  userTable,
  visitTable,
} from './simulated-part.ts'
import { MOST_COMMANDS_OF_A_LOOK, START_UP_MS } from './uses.ts'
import { dollars, number, table } from './words.ts'

export interface Facts {
  /** Undefined: nothing has been measured yet. */
  readonly benchmarks: Benchmarks | undefined
  /** The names of all scenarios that the benchmark has. */
  readonly scenarios: readonly string[]
  readonly growth: Growth
  readonly agreements: readonly Agreement[]
}

const ASKING = perMillionRequests({ commands: 4, processorUs: 0 }).total
const LEASED = perMillionRequests({ commands: 4 / 21, processorUs: 0 }).total
const LEAST = perMillionRequests({ commands: 0, processorUs: 0 }).total

/** docs/costs.md. */
export function costsPage({ benchmarks, scenarios, growth, agreements }: Facts): string {
  return `# What it costs

Written by \`npm run costs\` from the benchmark's figures and from a simulation. \`gateway\` is this worker, \`stock\` what one
writes in an afternoon from the same libraries: Hono, jose with a remote key set, two sliding windows of
@upstash/ratelimit in turn, \`hono/proxy\`. The upstream's own bill is not in it.

${assumptions()}

## A million requests, by scenario

${measuredPart(benchmarks, scenarios)}

## From one request a day to a thousand million

Whether a million requests cost ${dollars(ASKING)} or ${dollars(LEASED)} is a matter of leases, and these lie in an isolate: they help when the
same user comes back to the same isolate within two seconds. So what is asked is how many isolates there are, and how
people use the API. The gateway's own code of leases and refusals is run on a clock of its own, before records in memory
(the model that the script is tested against), with the built-in limits of addresses and users:

- A user makes ${PER_USER} requests a day on average, in visits of three kinds (below). The busiest make 20 times as many (Zipf's
  law, its head flattened); 1 % are enterprise users, 9 % premium, the rest free. Each has an address of their own:
  shared ones would be cheaper.
- A user is served by one data centre, and there each request by any isolate, as if drawn by lot. Where the platform
  keeps a connection at its isolate, and a client its connection, it is cheaper: read the column of one isolate.
- An isolate is ended when it was asked nothing for ${IDLE_MS / 1000} s, and otherwise after ${MEAN_LIFE_MS / 60_000} minutes on average; what it held is lost.
- The store is ${STORE_MS} ms away.
- Added as if they always cost the most: ${MOST_COMMANDS_OF_A_LOOK} commands for each look at the store's copy of the signing keys, by a new
  isolate and every five minutes (in truth only with \`KEYS_SECRET\`, and where the data centre's cache has none), and ${START_UP_MS} ms of
  processor time for each start of an isolate. The stock composition's starts are given to it.
- Added for operators, of whom the stock composition knows nothing: what isolates tell the store of themselves, the
  explanations of ${EXPLAINED * 100} % of all answers, and in the month the cron trigger's runs ([below](#what-operators-cost)). The
  benchmark's figures are of seconds, and hold next to nothing of it.

Commands per request by kind of visit, and isolates in the user's data centre:

${visitTable(growth)}

${growthTables(growth, benchmarks)}

Yours: \`npm run costs -- --requests 1000000 --users 5000 --data-centres 3 --isolates 4\`.

So the load itself changes little: a small one pays for new isolates, a great one for none. What counts is over how many
isolates a data centre spreads its users. At worst every request asks the store, once and for 4 commands, beside what
new isolates look up and what all tell of themselves, 2 at most, and the explanation of an error, 4; only one that was
held until there was room asks again.

Ten million requests a day over ${nameOf(MIDDLE_FLEET)}, by how many users make them:

${userTable(growth)}

${ceilings(growth, benchmarks)}

${operatorsPart()}

## Whether the simulation is true

It is compared with the built worker before a real Redis: the benchmark's scenarios with as many users, connections and
requests a second, and the visits above paid to one isolate in their own time (\`node scripts/measure-visits.ts\`).
This page is not written when the two differ by more than a tenth and 0.01 round trips.

${agreementTable(agreements)}

## What you can turn

**Limits** (\`LIMITS\`). A lease is at most an eighth of what remains in any window, and near a window's end nothing is
leased: narrow limits are dear. Commands per request of one user in one isolate, by the limit of a minute and how much of it is
used:

${limitTable(growth)}

**The length of a lease**, 2 seconds, is no setting but a promise: within it a block or a revocation is felt. What another
length would cost can be read from the pace: half as many requests a second in leases twice as long cost about the same.
Up to 20 requests are taken at once, so beyond 10 a second nothing would be gained.

${paceTable(growth)}

**\`KEYS_SECRET\`** costs at most what is added above for each new isolate, and next to nothing on a busy one.

**Read regions** of the store shorten the way for nobody here: each question writes, and a write goes to the primary
region and is billed once more for each of them.

**A plan at a fixed price by the month** is worth its price from the load on whose commands cost more; its bounds on
commands a second and on traffic come first.

## When the gateway is not cheaper

${dearer(benchmarks)}
- A user seen once, or a data centre with more isolates than a user has requests in two seconds: 4 commands, whatever
  the limits, and up to 2 for metrics (6 where it ends in an error that is explained). Its 4 are half of two sliding
  windows (8, and 10 for the first request), as much as one of them, and twice one fixed window (2, and 3), which knows
  one subject, one span, no block and no revocation.
- Whoever needs no exact count pays the store nothing: the platform's own rate-limiting binding counts in each data
  centre for itself and says yes or no. Then a million requests cost ${dollars(LEAST)} and the processor's time, the least on this
  platform.
- Up to some thousand requests a day the platform's ${dollars(PRICES.workers.perMonth)} a month are most of the bill, whatever stands behind it.
  Of the rest ${dollars((COMMANDS_OF_RUNS_PER_MONTH * PRICES.store.perMillionCommands) / 1_000_000)} are the cron trigger's, which run without a request.
`
}

function agreementTable(agreements: readonly Agreement[]): string {
  return table(
    ['', 'round trips measured', 'simulated', 'commands measured', 'simulated'],
    agreements.map(({ name, measured, simulated }) => [
      name,
      number(measured.roundTrips, 3),
      number(simulated.roundTrips, 3),
      number(measured.commands, 2),
      number(simulated.commands, 2),
    ]),
  )
}

function dearer(benchmarks: Benchmarks | undefined): string {
  if (!benchmarks) return '- Against the stock composition: nothing has been measured yet.'
  const found = dearerScenarios(benchmarks)
  if (found.length === 0)
    return '- Against the stock composition: in none of the measured scenarios.'
  const each = found.map(({ name, more }) => `${name} (${dollars(more)} more)`)
  return `- Against the stock composition, for a million requests: ${each.join(', ')}.
  Where the library remembers whom it refused, neither asks the store, and it does less before it answers.`
}
