/** The store's commands, as scripts/measure-operators.ts printed them on 23 November 2026. */
export const MEASURED_OPERATORS = {
  /** The cron trigger: a minute is added up and judged, with its share of the longer times. */
  run: 12.9,
  /** A minute of it, with the charges for its own requests. */
  console: 150,
  /** Once a minute, with the charge for it. */
  scrape: 10.9,
} as const
