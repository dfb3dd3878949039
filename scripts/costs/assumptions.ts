import { PRICES } from './prices.ts'
import { table, whole } from './words.ts'

const MILLION = 1_000_000
/** A question and its answer, with their headers. */
const KB_PER_QUESTION = 2

/** What the bills are computed with, and what is not known. */
export function assumptions(): string {
  const { workers, store } = PRICES
  const traffic = Math.round(KB_PER_QUESTION * store.perGb * 100)
  const perMonth = `${workers.perMonth}, with ${whole(workers.includedRequests / MILLION)} million requests and ${whole(workers.includedProcessorMs / MILLION)} million ms`
  return `## The prices

${table(
  ['vendor', 'plan', 'what is billed', 'dollars', 'read in', 'as of'],
  [
    [
      workers.vendor,
      workers.plan,
      'a month',
      perMonth,
      `<https://${workers.source}>`,
      workers.asOf,
    ],
    ['', '', 'a million requests', `${workers.perMillionRequests}`, '', ''],
    ['', '', 'a million ms of processor time', `${workers.perMillionProcessorMs}`, '', ''],
    [
      store.vendor,
      store.plan,
      'a million commands',
      `${store.perMillionCommands}`,
      `<https://${store.source}>`,
      store.asOf,
    ],
  ],
)}

What is assumed:

- A script is billed as itself and as each command inside it: so the vendor counts for its own limiter (a sliding
  window: \`EVAL\`, \`GET\`, \`GET\`, \`INCR\`, and \`PEXPIRE\` the first time), and so the harness
  counts. The gateway's costs 4: itself, one \`MGET\`, two \`SET\`s; 3 where only an address is counted, 2 where it refuses.
- A millisecond of the measuring machine's processor is one of the platform's, and all that the kernel accounts to workerd
  is billed: its network and its garbage collection too, which is more than an isolate's own part.
- The upstream is asked by \`fetch\`, which is not billed; nor are the console's files. Traffic to the store is left out:
  ${store.includedTrafficGb} GB a month are free, a question and its answer are about ${KB_PER_QUESTION} KB, and beyond that a million of them cost ${traffic} cents.
- The store is in one region.

What could not be verified: the vendors' pages themselves were not read, but copies and quotations of them; whether the
platform bills fractions of a millisecond (were each request's rounded up to one: $${workers.perMillionProcessorMs.toFixed(2)} for a million),
and an isolate's start; over how many isolates it spreads requests, and when it ends them; whether the store's bound of
${whole(store.mostCommandsPerSecond)} commands a second counts those inside scripts.`
}
