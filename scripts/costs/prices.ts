/** List prices in dollars, as data: whoever has others changes them here and writes the page anew. */
export const PRICES = {
  workers: {
    vendor: 'Cloudflare Workers',
    plan: 'Paid, usage model Standard',
    source: 'developers.cloudflare.com/workers/platform/pricing',
    asOf: 'a stored copy without a date; a page of 3 August 2026 quotes the same',
    perMonth: 5,
    perMillionRequests: 0.3,
    includedRequests: 10_000_000,
    perMillionProcessorMs: 0.02,
    includedProcessorMs: 30_000_000,
  },
  store: {
    vendor: 'Upstash Redis',
    plan: 'Pay as you go, one region',
    source: 'upstash.com/pricing/redis',
    asOf: 'a capture of 9 November 2026',
    perMillionCommands: 2,
    mostCommandsPerSecond: 10_000,
    includedTrafficGb: 200,
    perGb: 0.03,
  },
} as const
