import { MEASURED_OPERATORS } from './measured-operators.ts'
import {
  COMMANDS_OF_AN_EXPLANATION,
  COMMANDS_OF_RUNS_PER_MONTH,
  EXPLAINED,
  MINUTES_PER_MONTH,
} from './operators-use.ts'
import { PRICES } from './prices.ts'
import { dollars, number, percent, table } from './words.ts'

const MILLION = 1_000_000
const MINUTES_PER_HOUR = 60

/** What is paid for seeing and steering, beside the requests themselves. */
export function operatorsPart(): string {
  const { run, console, scrape } = MEASURED_OPERATORS
  const explained = EXPLAINED * COMMANDS_OF_AN_EXPLANATION
  return `## What operators cost

The store's commands, measured before a real Redis (\`node scripts/measure-operators.ts\`; those of an explanation and of
what isolates tell are counted in the tests):

${table(
  ['what', 'commands', 'dollars', 'in the tables above'],
  [
    [
      'the cron trigger: a minute is added up and judged',
      `${number(run, 1)} a minute`,
      `${dollars(priceOf(COMMANDS_OF_RUNS_PER_MONTH))} a month, whatever the load`,
      'of the month',
    ],
    [
      'what an isolate tells of itself ([metrics.md](metrics.md))',
      '13 a minute at most, none while nobody asks',
      `${dollars(priceOf(13 * MINUTES_PER_HOUR))} an hour at most`,
      'as simulated',
    ],
    [
      'explanations ([explain.md](explain.md))',
      `${COMMANDS_OF_AN_EXPLANATION} an error, 720 a minute and isolate at most`,
      `${dollars(priceOf(explained * MILLION))} for a million requests, ${percent(EXPLAINED)} of them errors`,
      'as if so',
    ],
    [
      'an open console, with the charges for what it asks',
      `${number(console, 0)} a minute`,
      `${dollars(priceOf(console * MINUTES_PER_HOUR))} an hour`,
      'no',
    ],
    [
      'Prometheus once a minute, with the charge for it',
      `${number(scrape, 0)} a minute`,
      `${dollars(priceOf(scrape * MINUTES_PER_MONTH))} a month`,
      'no',
    ],
  ],
)}

A collector of traces, a dataset of Analytics Engine and the receiver of the webhook send their own bills.`
}

function priceOf(commands: number): number {
  return (commands / MILLION) * PRICES.store.perMillionCommands
}
