import type { Findings } from '../../../scripts/bench/findings.ts'
import type { Measured } from '../../../scripts/bench/measured.ts'

const around = (median: number) => ({ low: median - 0.25, median, high: median + 0.5 })

export function measured(changes: Partial<Measured> & Pick<Measured, 'target'>): Measured {
  return {
    requests: 1_000,
    microseconds: around(200),
    ratio: around(1),
    roundTrips: 0,
    commands: 0,
    keySetFetches: 0,
    firstByteOver: around(0),
    residentMib: 64,
    ...changes,
  }
}

/** Two scenarios of three targets. */
export const SAMPLE: Findings = {
  measuredOn: '2026-02-28',
  machine: {
    processor: 'Abacus',
    cores: 3,
    memoryGib: 5,
    kernel: '6.1',
    versions: { workerd: '2026-01-01', wrangler: '4.0.0' },
    commit: 'abc1234',
  },
  upstream: 'nginx',
  load: 'wrk',
  rounds: 7,
  bundles: [
    { target: 'pass-through', gzipKib: 0.2 },
    { target: 'stock', gzipKib: 43 },
    { target: 'gateway', gzipKib: 64.04 },
  ],
  scenarios: [
    {
      name: 'busy',
      about: 'one user',
      measured: [
        measured({ target: 'pass-through' }),
        measured({
          target: 'stock',
          ratio: around(5),
          roundTrips: 2,
          commands: 8,
          firstByteOver: around(12),
        }),
        measured({
          target: 'gateway',
          ratio: around(1.4),
          roundTrips: 0.05,
          commands: 0.41,
          firstByteOver: around(-0.75),
        }),
      ],
    },
    {
      name: 'store-down',
      about: 'nothing answers',
      measured: [
        measured({ target: 'pass-through' }),
        measured({
          target: 'stock',
          requests: 0,
          ratio: undefined,
          microseconds: undefined,
          roundTrips: undefined,
          commands: undefined,
          firstByteOver: undefined,
        }),
        measured({ target: 'gateway', ratio: around(2) }),
      ],
    },
  ],
  figures: {},
  counted: [
    {
      name: 'refused-user',
      requests: 900,
      roundTrips: 3,
      figures: { roundTrips: 0.003, commands: 0.01, roundTripsPerHold: 1.5, keySetFetches: 0 },
    },
  ],
  leftOut: [],
}
