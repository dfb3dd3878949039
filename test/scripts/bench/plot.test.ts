import { describe, expect, it } from 'vitest'
import { COLOURS } from '../../../scripts/bench/plot/colours.ts'
import { firstBytePlot, processorPlot } from '../../../scripts/bench/plot/plots.ts'
import { scaleFor } from '../../../scripts/bench/plot/scale.ts'
import { SAMPLE } from './sample-findings.ts'

/** Where each text is drawn, which stands in the groups around it. */
function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text)
}

describe('the plot of processor time', () => {
  it('names every scenario and writes the median of each target beside it', async () => {
    const texts = textsOf(await processorPlot(SAMPLE))

    expect(texts).toEqual(
      expect.arrayContaining(['busy', 'store-down', 'gateway', 'stock', '1.4', '5.0', '2.0']),
    )
    expect(texts.filter((text) => text === 'answered nobody')).toHaveLength(1)
    expect(texts).not.toContain('previous')
  })

  it('draws to scale', async () => {
    const svg = await processorPlot(SAMPLE)
    const [, bars = ''] = svg.split('mark-rule role-mark layer_1_marks')
    // From 1.15 to 1.9 and from 4.75 to 5.5.
    const widths = [...bars.matchAll(/<line[^>]* x2="(-?[\d.]+)"/g)].map(([, x]) =>
      Math.abs(Number(x)),
    )
    const [gateway = 0, stock = 1] = widths

    expect(gateway / stock).toBeCloseTo(Math.log(1.9 / 1.15) / Math.log(5.5 / 4.75), 2)
  })

  it('is the same each time', async () => {
    expect(await processorPlot(SAMPLE)).toBe(await processorPlot(SAMPLE))
  })

  it('has a dark colour for every colour it uses', async () => {
    const svg = await processorPlot(SAMPLE)
    const used = [...svg.matchAll(/ (?:fill|stroke)="(?!none)([^"]+)"/g)].map(
      ([, colour]) => colour,
    )

    expect(used.length).toBeGreaterThan(20)
    expect(Object.values(COLOURS).map(({ light }) => light)).toEqual(
      expect.arrayContaining([...new Set(used)]),
    )
    expect(svg).toContain(`[fill="${COLOURS.gateway.light}"] { fill: ${COLOURS.gateway.dark} }`)
  })

  it('fetches nothing and runs nothing', async () => {
    expect(await processorPlot(SAMPLE)).not.toMatch(/<script|<image|url\(|@import|href="(?!#)/)
  })
})

it('draws first bytes below the pass-through too', async () => {
  expect(textsOf(await firstBytePlot(SAMPLE))).toEqual(
    expect.arrayContaining(['−0.8', '12.0', '0', '10']),
  )
})

describe('a scale', () => {
  it.each([
    ['log', 1, 10, 10, 100],
    ['symlog', 0, 9, 9, 99],
    ['symlog', -9, 0, 0, 9],
  ] as const)('of %s draws from %d to %d as wide as from %d to %d', (type, a, b, c, d) => {
    const { distance } = scaleFor(type, [a, b, c, d])

    expect(distance(a, b)).toBeCloseTo(distance(c, d), 10)
  })

  it('has room on both sides', () => {
    const { domain } = scaleFor('log', [0.5, 1, 8])

    expect(domain[0]).toBeLessThan(0.5)
    expect(domain[1]).toBeGreaterThan(10)
  })
})
