import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OtlpReceiver, startReceiver } from './otlp-receiver.ts'

let receiver: OtlpReceiver
beforeAll(async () => {
  receiver = await startReceiver()
})
afterAll(() => receiver.stop())

/** In the spelling of the protocol's own examples. */
const SPAN = {
  traceId: '5B8EFFF798038103D269B633813FC60C',
  spanId: 'EEE19B7EC3C1B174',
  parentSpanId: 'EEE19B7EC3C1B173',
  name: 'I am a server span',
  startTimeUnixNano: '1544712660000000000',
  endTimeUnixNano: '1544712661000000000',
  kind: 2,
  attributes: [{ key: 'my.span.attr', value: { stringValue: 'some value' } }],
}

const asked = (span: object, scope: object = {}) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'my.service' } }] },
      scopeSpans: [{ scope: { name: 'my.library', ...scope }, spans: [span] }],
    },
  ],
})

async function told(body: unknown, path = '/v1/traces', type = 'application/json') {
  const response = await fetch(receiver.url + path, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body: JSON.stringify(body),
  })
  await response.text()
  return { status: response.status, flaws: receiver.requests.at(-1)?.flaws }
}

describe('the receiver of the tests', () => {
  it('takes an example of the protocol', async () => {
    expect(await told(asked(SPAN))).toEqual({ status: 200, flaws: [] })
  })

  it.each([
    ['an id in base64', { ...SPAN, spanId: '7uGbfsPBsXM=' }],
    ['an id that is too short', { ...SPAN, traceId: '5B8EFFF798038103' }],
    ['an id of zeros', { ...SPAN, traceId: '0'.repeat(32) }],
    ['no id', { ...SPAN, spanId: undefined }],
    ['a time as a number', { ...SPAN, startTimeUnixNano: 1_544_712_660_000_000 }],
    ['a time in milliseconds', { ...SPAN, startTimeUnixNano: '1544712660000' }],
    ['an end before its beginning', { ...SPAN, endTimeUnixNano: '1544712650000000000' }],
    ['the name of an enum', { ...SPAN, kind: 'SPAN_KIND_SERVER' }],
    ['a number that the enum has not', { ...SPAN, kind: 9 }],
    ['a field that the definition has not', { ...SPAN, durationMs: 5 }],
    ['a field as the definition spells it', { ...SPAN, trace_id: SPAN.traceId }],
    ['an attribute without its kind', { ...SPAN, attributes: [{ key: 'a', value: 'b' }] }],
    [
      'an attribute of a kind that there is not',
      { ...SPAN, attributes: [{ key: 'a', value: { text: 'b' } }] },
    ],
    ['an attribute twice', { ...SPAN, attributes: [...SPAN.attributes, ...SPAN.attributes] }],
    ['no name', { ...SPAN, name: '' }],
    ['a status that is none', { ...SPAN, status: { code: 'ERROR' } }],
    ['text where a number belongs', { ...SPAN, droppedAttributesCount: 'many' }],
  ])('refuses %s', async (_, span) => {
    const { status, flaws } = await told(asked(span))

    expect(status).toBe(400)
    expect(flaws).not.toEqual([])
  })

  it.each([
    ['nothing', {}],
    ['a batch without spans', { resourceSpans: [] }],
    ['a scope with a field of its own', asked(SPAN, { vendor: 'x' })],
  ])('refuses %s', async (_, body) => {
    expect(await told(body)).toMatchObject({ status: 400 })
  })

  it('refuses what is sent elsewhere, or as something else', async () => {
    expect(await told(asked(SPAN), '/')).toMatchObject({ flaws: ['path /'] })
    expect(await told(asked(SPAN), '/v1/traces', 'text/plain')).toMatchObject({
      flaws: ['type text/plain'],
    })
  })
})
