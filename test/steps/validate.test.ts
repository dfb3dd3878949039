import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BodyRule } from '../../src/policy/bodies/body-rule.ts'
import { validate } from '../../src/steps/validate.ts'

const URL_ASKED = new URL('https://gateway.test/tunnels')
const LIMITS = { maxBytes: 100_000, timeoutMs: 1_000 }
const never = { after: () => () => undefined }

/** Unannounced, in these pieces. */
function outcomeOf(chunks: readonly Uint8Array[], rule: BodyRule, limits = LIMITS) {
  const request = new Request(URL_ASKED, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: streamOf(chunks),
  })
  return validate(request, URL_ASKED, { path: '/tunnels', body: rule }, limits, never)
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    // As those of requests are.
    type: 'bytes',
    start(controller) {
      for (const chunk of chunks) if (chunk.byteLength > 0) controller.enqueue(chunk.slice())
      controller.close()
    },
  })
}

function piecesOf(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...places].map((start, index) => bytes.slice(start, places[index] ?? bytes.length))
}

const text = fc
  .record({ value: fc.jsonValue({ stringUnit: 'binary' }), cut: fc.option(fc.nat(), { freq: 2 }) })
  .map(({ value, cut }) => {
    const whole = JSON.stringify(value)
    return cut === null ? whole : whole.slice(0, cut % (whole.length + 1))
  })

describe('an unannounced body', () => {
  it('is judged the same wherever it was cut, and goes on byte for byte', async () => {
    const rules = fc.constantFrom<BodyRule>('json', 'tunnelChange', 'email')
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.array(fc.nat(), { maxLength: 8 }),
        rules,
        async (sent, cuts, rule) => {
          const bytes = new TextEncoder().encode(sent)
          const whole = await outcomeOf([bytes], rule)
          const pieces = await outcomeOf(piecesOf(bytes, cuts), rule)

          expect(pieces.allowed ? pieces.value.content : pieces).toEqual(
            whole.allowed ? bytes : whole,
          )
        },
      ),
    )
  })

  it('is judged the same byte by byte', async () => {
    const bytes = new TextEncoder().encode('{"name":"Zoë ☃ 🜁"}')

    const outcome = await outcomeOf(piecesOf(bytes, [...bytes.keys()]), 'tunnel')

    expect(outcome.allowed && outcome.value.content).toEqual(bytes)
  })

  it.each([
    ['in one piece', 70_000],
    ['in pieces of a kilobyte', 1_000],
    ['with the last byte over alone', 65_536],
  ])('over 64 KiB streams on, whole: %s', async (_, size) => {
    const bytes = Uint8Array.from({ length: 65_537 }, (_, index) => index % 251)
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.slice(index * size, (index + 1) * size),
    )

    const outcome = await outcomeOf(chunks, 'json')

    const content = outcome.allowed ? outcome.value.content : null
    expect(content).toBeInstanceOf(ReadableStream)
    expect(await new Response(content).bytes()).toEqual(bytes)
  })

  it('over 64 KiB is still counted: it is cut off at the limit', async () => {
    const limits = { ...LIMITS, maxBytes: 70_000 }
    const chunks = Array.from({ length: 8 }, () => new Uint8Array(10_000))

    const outcome = await outcomeOf(chunks, 'json', limits)

    const body = outcome.allowed ? outcome.value : undefined
    const cut = new Promise((resolve) => body?.cut?.addEventListener('abort', resolve))
    // Never ends, so that nobody takes it for whole.
    void new Response(body?.content).bytes()
    await cut
    expect(body?.fault()).toMatchObject({ details: { maxBytes: 70_000 } })
  })

  it('over a limit below 64 KiB is refused at once', async () => {
    const outcome = await outcomeOf([new Uint8Array(1_001)], 'json', { ...LIMITS, maxBytes: 1_000 })

    expect(outcome).toMatchObject({ code: 'VALIDATION_ERROR', details: { maxBytes: 1_000 } })
  })
})
