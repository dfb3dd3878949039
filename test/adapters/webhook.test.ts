import { describe, expect, it } from 'vitest'
import { Webhook } from '../../src/adapters/webhook.ts'
import type { AnomalyEvent } from '../../src/watch/anomaly-event.ts'

const URL_WITH_SECRET = 'https://hooks.test/services/hunter2'
const EVENT: AnomalyEvent = {
  time: Date.parse('2026-11-22T12:05:00Z'),
  kind: 'anomaly.began',
  series: 'errors',
  of: { route: '/tunnels/*' },
  usual: { low: 0, high: 0.011 },
  now: 0.0523,
  since: Date.parse('2026-11-22T12:01:00Z'),
}

type Answer = () => Response | Promise<Response>

/** A webhook that answers one after another, the last one for good. */
function webhookThat(...answers: readonly [Answer, ...Answer[]]) {
  const asked: Request[] = []
  const paused: number[] = []
  const webhook = new Webhook(URL_WITH_SECRET, 'production', {
    fetch: async (...given) => {
      asked.push(new Request(...given))
      const answer = answers[Math.min(asked.length, answers.length) - 1] ?? answers[0]
      return answer()
    },
    sleep: async (milliseconds) => void paused.push(milliseconds),
  })
  return { webhook, asked, paused }
}

const status = (code: number) => () => new Response(null, { status: code })
const broken = () => {
  throw new TypeError(`connect to ${URL_WITH_SECRET} failed`)
}

describe('a webhook', () => {
  it('is sent a text for people and the events for programs', async () => {
    const { webhook, asked } = webhookThat(status(200))

    expect(await webhook.send([EVENT])).toEqual({ taken: true })

    const [request] = asked
    expect(request?.method).toBe('POST')
    expect(request?.url).toBe(URL_WITH_SECRET)
    expect(request?.headers.get('Content-Type')).toBe('application/json')
    expect(await request?.json()).toEqual({
      text: '[production] Share of failures on /tunnels/* is unusual since 12:01 UTC: 5.2 %, usually up to 1.1 %',
      environment: 'production',
      events: [
        {
          time: '2026-11-22T12:05:00.000Z',
          kind: 'anomaly.began',
          series: 'errors',
          of: { route: '/tunnels/*' },
          usual: { low: 0, high: 0.011 },
          now: 0.0523,
          since: '2026-11-22T12:01:00.000Z',
        },
      ],
    })
  })

  it.each([
    ['a failure', status(500)],
    ['too many requests', status(429)],
    ['no connection', broken],
  ])('is tried twice more, with pauses, after %s', async (_, failure) => {
    const { webhook, asked, paused } = webhookThat(failure, failure, status(204))

    expect(await webhook.send([EVENT])).toEqual({ taken: true })

    expect(asked).toHaveLength(3)
    expect(paused).toEqual([1_000, 4_000])
  })

  it.each([
    ['status 500', status(500)],
    ['status 404', status(404)],
    ['status 302', () => Response.redirect('https://elsewhere.test/', 302)],
    ['no answer', broken],
  ])(
    'that takes nothing is given up with a reason that does not name it: %s',
    async (reason, answer) => {
      const { webhook, asked } = webhookThat(answer)

      expect(await webhook.send([EVENT])).toEqual({ taken: false, reason })

      expect(asked.map(({ url }) => url)).toEqual(Array(3).fill(URL_WITH_SECRET))
    },
  )

  it('is sent ten lines when everything fails at once, and all events', async () => {
    const { webhook, asked } = webhookThat(status(200))
    await webhook.send(Array.from({ length: 34 }, () => EVENT))

    const { text, events } = await new Response(asked[0]?.body).json<{
      text: string
      events: unknown[]
    }>()

    expect(text.split('\n')).toHaveLength(11)
    expect(text.split('\n').at(-1)).toBe('and 24 more')
    expect(events).toHaveLength(34)
  })

  it.each<[string, Partial<AnomalyEvent>]>([
    [
      'Share of INTERNAL_ERROR is unusual since 12:01 UTC: 100 %, usually up to 1.1 %',
      { of: { code: 'INTERNAL_ERROR' }, now: 1 },
    ],
    [
      'Share of failures on all routes is unusual since 12:01 UTC: 5.2 %, usually up to 1.1 %',
      { of: { route: '*' } },
    ],
    [
      'Share of failures on requests without a route is unusual since 12:01 UTC: 5.2 %, usually up to 1.1 %',
      { of: { route: '-' } },
    ],
    [
      'Latency (p95) of /tunnels/* is unusual since 12:01 UTC: 480 ms, usually up to 150 ms',
      { series: 'latency', now: 480.2, usual: { low: 60, high: 150 } },
    ],
    [
      'Share of failures on /tunnels/* is as usual again after 4 min: 0.1 %, usually up to 1.1 %',
      { kind: 'anomaly.ended', ending: 'usual', now: 0.001 },
    ],
    [
      'Latency (p95) of all routes stays as it is, which is the usual now, after 4 min: 480 ms, usually up to 500 ms',
      {
        kind: 'anomaly.ended',
        ending: 'adapted',
        series: 'latency',
        of: { route: '*' },
        now: 480,
        usual: { low: 200, high: 500 },
      },
    ],
    [
      'Share of failures on /tunnels/* is no longer judged, for want of requests, after 4 min: 5.2 %, usually up to 1.1 %',
      { kind: 'anomaly.ended', ending: 'silent' },
    ],
  ])('says: %s', async (sentence, of) => {
    const { webhook, asked } = webhookThat(status(200))
    await webhook.send([{ ...EVENT, ...of }])

    const { text } = await new Response(asked[0]?.body).json<{ text: string }>()

    expect(text).toBe(`[production] ${sentence}`)
  })
})
