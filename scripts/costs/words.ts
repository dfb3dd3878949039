/** As few digits as tell two bills apart. */
export function dollars(amount: number | undefined): string {
  if (amount === undefined) return '–'
  if (amount >= 100) return `$${Math.round(amount).toLocaleString('en-US')}`
  return `$${amount.toFixed(amount < 0.1 ? 3 : 2)}`
}

export function number(value: number | undefined, digits: number): string {
  return value === undefined ? '–' : value.toFixed(digits)
}

export function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${(share * 100).toFixed(share > 0.995 ? 1 : 0)} %`
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
