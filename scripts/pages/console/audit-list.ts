import type { AuditEntry } from './answers.ts'
import { element } from './element.ts'
import { NONE } from './numbers.ts'
import { type Cell, dataTable } from './table.ts'
import { clock, moment } from './times.ts'
import { nothing, subjectLink } from './traffic-lists.ts'
import { limitWords, subjectWords } from './words.ts'

export function auditTable(entries: readonly AuditEntry[]): HTMLElement {
  if (entries.length === 0) return nothing('Nobody has changed anything in the last 90 days.')
  const rows = entries.map(({ time, by, correlationId, subject, change }): Cell[] => [
    element('time', { datetime: time }, moment(time)),
    subjectLink(subject),
    changeWords(change).join('; '),
    element('span', { title: by }, subjectWords(by).name),
    element('code', {}, correlationId),
  ])
  return dataTable('Who changed what', ['Time', 'Subject', 'Change', 'By', 'Correlation id'], rows)
}

/** What was set, as the trail has it. */
export function changeWords(change: AuditEntry['change']): string[] {
  return Object.entries(change).flatMap(([name, value]) => {
    switch (name) {
      case 'limits':
        return isRecord(value) ? Object.entries(value).map(limitSet) : []
      case 'blockedUntil':
        return value === null ? 'let in again' : `blocked until ${when(value)}`
      case 'exemptUntil':
        return value === null ? 'exemption ended' : `exempt until ${when(value)}`
      case 'notBefore':
        return value === null ? 'tokens pardoned' : `tokens issued before ${when(value)} revoked`
      case 'revokeToken':
        return `token ${isRecord(value) ? plain(value.id) : NONE} revoked`
      case 'reset':
        return 'counts reset'
      default:
        return `${name}: ${plain(value)}`
    }
  })
}

function limitSet([window, limit]: [string, unknown]): string {
  const name = limitWords(window)
  return limit === null ? `limit ${name} as the tier has it` : `limit ${plain(limit)} ${name}`
}

/** Today's times go without their date. */
function when(value: unknown): string {
  const time = Date.parse(plain(value))
  if (Number.isNaN(time)) return plain(value)
  const isToday = new Date(time).toDateString() === new Date().toDateString()
  return isToday ? clock(time) : moment(plain(value))
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
