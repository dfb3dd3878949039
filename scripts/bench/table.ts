import type { Quartiles } from './arithmetic.ts'

export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

/** The median with its quartiles. */
export function spread(quartiles: Quartiles | undefined, digits: number): string {
  if (!quartiles) return '–'
  const { low, median, high } = quartiles
  return `${number(median, digits)} (${number(low, digits)} to ${number(high, digits)})`
}

/** A dash: nobody was answered. */
export function number(value: number | undefined, digits: number): string {
  if (value === undefined || !Number.isFinite(value)) return '–'
  const text = value.toFixed(digits)
  // What rounds to nothing has no sign; a hyphen would be taken for a dash.
  return text.replace('-', Number(text) === 0 ? '' : '−')
}
