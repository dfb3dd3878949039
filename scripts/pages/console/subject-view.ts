import { Audit, type AuditEntry, SubjectRecord } from './answers.ts'
import { changeWords } from './audit-list.ts'
import { confirmed, type Deed } from './confirm.ts'
import type { Desk } from './desk.ts'
import { element } from './element.ts'
import { notice, sinceWords } from './notice.ts'
import { base64url, hashOf } from './place.ts'
import { Poll } from './poll.ts'
import { actionForms } from './subject-actions.ts'
import { statesOf } from './subject-states.ts'
import { usageTable } from './subject-usage.ts'
import { moment } from './times.ts'
import type { View } from './view.ts'
import { subjectWords } from './words.ts'

const INTERVAL_MS = 5_000
/** Where the entry of a change just made is looked for. */
const NEWEST = 20

/** One subject: what it uses, what holds for it, and what an operator can do. */
export class SubjectView implements View {
  readonly title: string
  readonly element: HTMLElement
  readonly #desk: Desk
  readonly #subject: string
  readonly #path: string
  readonly #notice = element('div')
  readonly #done = element('div', { class: 'done', tabindex: '-1', role: 'status' })
  readonly #states = element('ul', { class: 'states' })
  readonly #usage = element('div')
  readonly #actions = element('div', { class: 'actions' })
  readonly #poll = new Poll(INTERVAL_MS, () => this.#ask())
  #readAt: number | undefined
  #shownSettings: string | undefined

  constructor(desk: Desk, subject: string) {
    const { kind, name } = subjectWords(subject)
    this.title = `${kind} ${name}`
    this.#desk = desk
    this.#subject = subject
    this.#path = `admin/subjects/${base64url(subject)}`
    this.#done.hidden = true
    this.#usage.append(element('div', { class: 'skeleton of-lines', 'aria-hidden': 'true' }))
    const usage = element('h3', { id: 'usage' }, 'Usage')
    const holds = element('h3', { id: 'holds' }, 'What holds')
    this.element = element(
      'div',
      { class: 'subject-view' },
      element(
        'p',
        {},
        element('a', { href: hashOf({ view: 'subjects' }) }, 'All subjects'),
        ' › ',
        element('code', {}, subject),
      ),
      this.#notice,
      this.#done,
      element(
        'div',
        { class: 'halves' },
        element(
          'section',
          { class: 'panel', 'aria-labelledby': usage.id },
          element('header', {}, usage),
          this.#usage,
        ),
        element(
          'section',
          { class: 'panel', 'aria-labelledby': holds.id },
          element('header', {}, holds),
          this.#states,
        ),
      ),
      this.#actions,
    )
  }

  start(): void {
    this.#poll.start()
  }

  stop(): void {
    this.#poll.stop()
  }

  async #ask() {
    const outcome = await this.#desk.read(this.#path, SubjectRecord)
    if (outcome.kind === 'answered') {
      this.#notice.replaceChildren()
      this.#show(outcome.value)
    } else {
      const since = this.#readAt === undefined ? undefined : sinceWords(this.#readAt)
      this.#notice.replaceChildren(notice(outcome, since))
      if (this.#readAt === undefined) this.#usage.replaceChildren()
    }
    return this.#desk.round(outcome)
  }

  #show(record: SubjectRecord): void {
    this.#readAt = Date.now()
    this.#usage.replaceChildren(usageTable(record, this.#desk.settings))
    const states = statesOf(record)
    this.#states.replaceChildren(
      ...(states.length > 0 ? states : ['Nothing of its own: the usual limits apply.']).map(
        (text) => element('li', {}, text),
      ),
    )
    // Forms that somebody may be filling in are made anew only where something else holds.
    const { windows, expiresAt, ...set } = record
    const settings = JSON.stringify([set, this.#desk.settings !== undefined])
    if (settings === this.#shownSettings) return
    this.#shownSettings = settings
    this.#actions.replaceChildren(
      ...actionForms(record, this.#desk.settings, (deed, change) => void this.#do(deed, change)),
    )
  }

  async #do(deed: Deed, change: unknown): Promise<void> {
    const done = await confirmed(deed, () => this.#desk.change(this.#path, change, SubjectRecord))
    if (!done) return
    this.#show(done.value)
    this.#done.hidden = false
    this.#done.replaceChildren(element('strong', {}, 'Done.'), ' Looking for the audit entry…')
    this.#done.focus()
    this.#done.replaceChildren(
      element('strong', {}, 'Done.'),
      ' ',
      entryWords(await this.#entryOf(done.correlationId)),
      ' Until it is felt everywhere may take two seconds.',
    )
  }

  async #entryOf(correlationId: string | undefined): Promise<AuditEntry | undefined> {
    const outcome = await this.#desk.read(`admin/audit?limit=${NEWEST}`, Audit)
    if (outcome.kind !== 'answered') return undefined
    return outcome.value.entries.find(
      (entry) => entry.correlationId === correlationId && entry.subject === this.#subject,
    )
  }
}

function entryWords(entry: AuditEntry | undefined): HTMLElement {
  const trail = element('a', { href: hashOf({ view: 'audit' }) }, 'audit trail')
  if (!entry) return element('span', {}, 'The entry is in the ', trail, '.')
  return element(
    'span',
    {},
    'In the ',
    trail,
    `: ${moment(entry.time)}, ${changeWords(entry.change).join('; ')}, by ${subjectWords(entry.by).name}, `,
    element('code', {}, entry.correlationId),
    '.',
  )
}
