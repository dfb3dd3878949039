const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

export const NONE = '–'

/** Counts, means and rates alike: exact while they are small. */
export function number(value: number): string {
  if (value >= 1_000_000) return COMPACT.format(value)
  if (value >= 100 || Number.isInteger(value)) return WHOLE.format(value)
  if (value < 0.1) return trimmed(value.toPrecision(2))
  return trimmed(value >= 10 ? value.toFixed(1) : value.toFixed(2))
}

export function milliseconds(value: number): string {
  if (value > 0 && value < 1) return '< 1 ms'
  if (value < 1_000) return `${trimmed(value < 10 ? value.toFixed(1) : value.toFixed(0))} ms`
  return value < 60_000 ? `${trimmed((value / 1_000).toFixed(2))} s` : duration(value / 1_000)
}

/** Never rounded to nothing, nor to all. */
export function percent(share: number): string {
  const value = share * 100
  if (value === 0 || value === 100) return `${value} %`
  if (value < 0.01) return '< 0.01 %'
  if (value > 99.9) return '> 99.9 %'
  return `${trimmed(value < 1 ? value.toFixed(2) : value.toFixed(1))} %`
}

export function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** The largest unit that it is a whole number of, else the two largest. */
export function duration(seconds: number): string {
  let left = Math.max(0, Math.round(seconds))
  const words: string[] = []
  for (const [name, length] of UNITS) {
    const many = Math.floor(left / length)
    left -= many * length
    if (many > 0) words.push(`${WHOLE.format(many)} ${name}${many === 1 ? '' : 's'}`)
    if (words.length === 2) break
  }
  return words.join(' ') || '0 seconds'
}

/** What a scale ends at: 1, 2, 2.5 or 5 times a power of ten, so that its marks are round. */
export function scaleEnd(highest: number): number {
  if (!(highest > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(highest))
  const [end = 10] = [1, 2, 2.5, 5].filter((factor) => factor * power >= highest)
  return end * power
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
