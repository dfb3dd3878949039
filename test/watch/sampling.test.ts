import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { traceFrom } from '../../src/frame/correlation.ts'
import { isInShare, isSampled } from '../../src/watch/sampling.ts'

const bytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const hex = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((drawn) => drawn.toHex())

describe('the share of the traces that begin here', () => {
  // OpenTelemetry, "Probability sampling": kept where the last 56 bits reach the threshold, 15/16 of 2^56 here.
  it('is decided by the last 56 bits of the id and OpenTelemetry’s threshold for 1 in 16', () => {
    const threshold = (2n ** 56n / 16n) * 15n
    fc.assert(
      fc.property(hex(16), (traceId) => {
        expect(isInShare(traceId)).toBe(BigInt(`0x${traceId.slice(-14)}`) >= threshold)
      }),
    )
  })

  it('is one in sixteen', () => {
    const begun = Array.from({ length: 16_000 }, () => traceFrom(new Headers(), true, bytes))

    const kept = begun.filter(isSampled).length
    // Six standard deviations to either side.
    expect(kept).toBeGreaterThan(1_000 - 184)
    expect(kept).toBeLessThan(1_000 + 184)
  })

  it('is said to the upstream in the flag, as far as it can be known before the end', () => {
    const begun = Array.from({ length: 500 }, () => traceFrom(new Headers(), true, bytes))

    expect(begun.map((trace) => trace.traceparent.slice(-2))).toEqual(
      begun.map((trace) => (isInShare(trace.traceparent.slice(3)) ? '01' : '00')),
    )
  })

  it('is nobody where nobody is told', () => {
    const begun = Array.from({ length: 500 }, () => traceFrom(new Headers(), false, bytes))

    expect(begun.filter(isSampled)).toEqual([])
  })
})
