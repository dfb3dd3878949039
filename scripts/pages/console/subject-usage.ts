import type { Settings, SubjectRecord } from './answers.ts'
import { bar, element } from './element.ts'
import { number } from './numbers.ts'
import { type Cell, dataTable } from './table.ts'
import { clock, moment } from './times.ts'
import { nothing } from './traffic-lists.ts'
import { limitWords } from './words.ts'

const DAY_MS = 86_400_000

/** A window's limit: the one set for this subject, else its kind's; a user's tier stands in its token alone. */
export function mostOf(
  id: string,
  { subject, limits }: Pick<SubjectRecord, 'subject' | 'limits'>,
  settings: Settings | undefined,
): readonly { readonly most: number; readonly whose: string }[] {
  const own = limits[id]
  if (own !== undefined) return [{ most: own, whose: 'its own' }]
  const kind = subject.slice(0, subject.indexOf(':'))
  const some = settings?.limits.filter((each) => each.window === id) ?? []
  return some
    .filter(({ of }) => of === kind || id.includes(':'))
    .map(({ limit, tier }) => ({ most: limit, whose: tier ?? '' }))
}

export function usageTable(record: SubjectRecord, settings: Settings | undefined): HTMLElement {
  const { windows } = record
  if (windows.length === 0) {
    return nothing('It has not been counted: it never came, or all its windows have ended.')
  }
  const rows = windows.map(({ id, count, resetAt }): Cell[] => {
    const limits = mostOf(id, record, settings)
    // Of several tiers the smallest that holds the count: the subject is at least in that one.
    const [scale] = limits.filter(({ most }) => most >= count).concat(limits.slice(-1))
    const words = limits.map(({ most, whose }) => `${number(most)}${whose && ` (${whose})`}`)
    return [
      limitWords(id),
      number(count),
      words.join(', ') || '–',
      scale ? bar(count / scale.most, count >= scale.most ? 'red' : 'blue') : '–',
      endOf(resetAt),
    ]
  })
  return dataTable('Usage by window', ['Window', '#Used', 'At most', 'Share', 'Anew'], rows)
}

function endOf(resetAt: string): Cell {
  const isFar = Date.parse(resetAt) - Date.now() > DAY_MS
  return element('time', { datetime: resetAt }, isFar ? moment(resetAt) : clock(resetAt))
}
