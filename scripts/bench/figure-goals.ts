import type { Outage } from './figures/outage.ts'
import type { Goal } from './goal.ts'

/** Of what is no matter of one request after the other. */
export const FIGURE_GOALS: readonly Goal[] = [
  slope(1_000, 1.2),
  slope(6_000, 1.4),
  {
    what: 'heap',
    figure: 'MiB that live, the most at any look',
    atMost: 24,
    digits: 1,
    reached({ figures }, target) {
      const looks = figures.heap?.filter((one) => one.target === target).flatMap((one) => one.looks)
      return mostOf(looks?.map(({ objectsMib, buffersMib }) => objectsMib + buffersMib))
    },
  },
  {
    what: 'starts',
    figure: 'processor ms to the first answer, over an empty worker',
    atMost: 20,
    digits: 1,
    reached: ({ figures }, target) =>
      figures.starts?.targets.find((one) => one.target === target)?.overEmptyMs,
  },
  {
    what: 'keys',
    figure: 'key-set fetches of 20 requests at once, cold',
    atMost: 1,
    digits: 0,
    reached: ({ figures }, target) =>
      mostOf(figures.keys?.targets.find((one) => one.target === target)?.fetches),
  },
  ...outage('store hanging'),
  ...outage('store refusing'),
  ...outage('key set hanging'),
  {
    what: 'streams',
    figure: 'first byte of server-sent events, ms over the pass-through',
    atMost: 0.3,
    digits: 2,
    reached: ({ figures }, target) =>
      figures.streams?.find((one) => one.target === target && one.type === 'text/event-stream')
        ?.firstByteOverMs,
  },
]

function slope(connections: number, atMost: number): Goal {
  return {
    what: 'connections',
    figure: `processor time at ${connections}, at 10 = 1`,
    atMost,
    digits: 2,
    reached: ({ figures }, target) =>
      figures.connections?.targets
        .find((one) => one.target === target)
        ?.levels.find((level) => level.connections === connections)?.slope,
  }
}

function outage(kind: Outage['outage']): Goal[] {
  const reached =
    (figure: (outage: Outage) => number | undefined): Goal['reached'] =>
    ({ figures }, target) => {
      const found = figures.outage?.find((one) => one.target === target && one.outage === kind)
      return found && figure(found)
    }
  return [
    {
      what: kind,
      figure: 'ms to 95 % of the answers once it is known',
      atMost: 5,
      digits: 1,
      // Who was still at the first ones when the time was over has not learnt.
      reached: reached(({ laterMs, first }) => laterMs?.p95 ?? first.at(-1)?.ms),
    },
    {
      what: kind,
      figure: 'answers with untrue rate-limit headers',
      atMost: 0,
      digits: 0,
      reached: reached(({ untrueHeaders }) => untrueHeaders),
    },
  ]
}

function mostOf(values: readonly number[] | undefined): number | undefined {
  return values === undefined || values.length === 0 ? undefined : Math.max(...values)
}
