import { type Subjects as ChangedSubjects, Subjects } from './answers.ts'
import type { Desk } from './desk.ts'
import { element } from './element.ts'
import { notice } from './notice.ts'
import { hashOf } from './place.ts'
import { Poll } from './poll.ts'
import { subjectFrom } from './subject-name.ts'
import { statesOf } from './subject-states.ts'
import { type Cell, dataTable } from './table.ts'
import { moment } from './times.ts'
import { nothing, subjectLink } from './traffic-lists.ts'
import type { View } from './view.ts'

const INTERVAL_MS = 30_000

const STATES = [
  ['', 'all that were changed'],
  ['blocked', 'blocked'],
  ['limited', 'with limits of their own'],
  ['exempt', 'exempt'],
  ['revoked', 'with revoked tokens'],
] as const

/** Whom operators have changed, and the way to anybody else. */
export class SubjectsView implements View {
  readonly title = 'Subjects'
  readonly element: HTMLElement
  readonly #desk: Desk
  readonly #list = element('div')
  readonly #state = element(
    'select',
    {},
    ...STATES.map(([value, text]) => element('option', { value }, text)),
  )
  #poll: Poll

  constructor(desk: Desk) {
    this.#desk = desk
    this.#poll = this.#newPoll()
    this.#list.append(element('div', { class: 'skeleton of-lines', 'aria-hidden': 'true' }))
    this.#state.addEventListener('change', () => {
      this.#poll.stop()
      this.#poll = this.#newPoll()
      this.#poll.start()
    })
    const heading = element('h3', { id: 'changed' }, 'Changed by operators')
    this.element = element(
      'div',
      {},
      openForm(),
      element(
        'section',
        { class: 'panel', 'aria-labelledby': heading.id },
        element('header', {}, heading, element('label', { class: 'inline' }, 'Show ', this.#state)),
        this.#list,
      ),
    )
  }

  start(): void {
    this.#poll.start()
  }

  stop(): void {
    this.#poll.stop()
  }

  #newPoll(): Poll {
    return new Poll(INTERVAL_MS, () => this.#ask())
  }

  async #ask() {
    const state = this.#state.value
    const query = `limit=100${state && `&state=${state}`}`
    const outcome = await this.#desk.read(`admin/subjects?${query}`, Subjects)
    if (state !== this.#state.value) return { isGood: true }
    if (outcome.kind === 'answered') {
      if (!this.#list.contains(document.activeElement)) {
        this.#list.replaceChildren(subjectTable(outcome.value.subjects))
      }
    } else {
      this.#list.replaceChildren(notice(outcome))
    }
    return this.#desk.round(outcome)
  }
}

function subjectTable(subjects: ChangedSubjects): HTMLElement {
  if (subjects.length === 0) return nothing('Nobody: no change of an operator holds now.')
  const rows = subjects.map((each): Cell[] => [
    subjectLink(each.subject),
    statesOf(each).join('; '),
    element('time', { datetime: each.changedAt }, moment(each.changedAt)),
  ])
  return dataTable(
    'Subjects that operators have changed',
    ['Subject', 'What holds', 'Changed'],
    rows,
  )
}

function openForm(): HTMLElement {
  const field = element('input', {
    name: 'subject',
    type: 'text',
    required: true,
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    placeholder: '203.0.113.7 or user:https://…|auth0|…',
    'aria-describedby': 'subject-hint',
  })
  const form = element(
    'form',
    { class: 'ask', role: 'search' },
    element('label', {}, 'Address, user or API key', field),
    element('button', { type: 'submit', class: 'first' }, 'Open'),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    location.hash = hashOf({ view: 'subjects', subject: subjectFrom(field.value) })
  })
  return element(
    'div',
    {},
    form,
    element(
      'p',
      { class: 'quiet intro', id: 'subject-hint' },
      'An address as it is; a user as ',
      element('code', {}, 'user:ISSUER|SUB'),
      '; an API key as ',
      element('code', {}, 'key:'),
      ' and the SHA-256 of its text.',
    ),
  )
}
