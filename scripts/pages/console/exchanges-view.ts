import { Explanations } from './answers.ts'
import type { Desk } from './desk.ts'
import { element } from './element.ts'
import { explanationArticle } from './explanation.ts'
import { notice } from './notice.ts'
import { hashOf } from './place.ts'
import type { View } from './view.ts'

const SHAPE = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/

/** What is kept of the exchanges of one correlation id. */
export class ExchangesView implements View {
  readonly title = 'Look up an exchange'
  readonly element: HTMLElement
  readonly #desk: Desk
  readonly #id: string | undefined
  readonly #found = element('div', { class: 'found', 'aria-live': 'polite' })
  #isOn = false

  constructor(desk: Desk, id: string | undefined) {
    this.#desk = desk
    this.#id = id
    const field = element('input', {
      name: 'id',
      type: 'text',
      value: id,
      required: true,
      maxlength: '128',
      pattern: '[A-Za-z0-9][A-Za-z0-9._:\\-]{7,127}',
      title: '8 to 128 letters, digits, dots, colons, hyphens or underscores',
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      placeholder: 'req-…',
    })
    const form = element(
      'form',
      { class: 'ask', role: 'search' },
      element('label', {}, 'Correlation id', field),
      element('button', { type: 'submit', class: 'first' }, 'Look up'),
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const wanted = hashOf({ view: 'exchanges', id: field.value.trim() })
      if (location.hash === wanted) void this.#look()
      else location.hash = wanted
    })
    this.element = element(
      'div',
      {},
      element(
        'p',
        { class: 'quiet intro' },
        'Each answer has it in X-Correlation-ID, and each error in its body. Of every 5xx, and of some other errors, it is kept for a day how it came about.',
      ),
      form,
      this.#found,
    )
  }

  start(): void {
    this.#isOn = true
    if (this.#id !== undefined) void this.#look()
  }

  stop(): void {
    this.#isOn = false
  }

  async #look(): Promise<void> {
    const id = this.#id ?? ''
    if (!SHAPE.test(id)) {
      return this.#show(nothingOf('That cannot be a correlation id.'))
    }
    this.#show(element('div', { class: 'skeleton of-lines', 'aria-hidden': 'true' }))
    const outcome = await this.#desk.read(`admin/exchanges/${encodeURIComponent(id)}`, Explanations)
    if (!this.#isOn) return
    if (outcome.kind === 'answered' && outcome.value.exchanges.length > 0) {
      const { exchanges } = outcome.value
      const many = element('p', {}, `${exchanges.length} exchanges had this id, the newest first.`)
      return this.#show(
        ...(exchanges.length > 1 ? [many] : []),
        ...exchanges.map((each, nth) => explanationArticle(each, nth === 0)),
      )
    }
    const isUnknown =
      outcome.kind === 'answered' || (outcome.kind === 'refused' && outcome.code === 'NOT_FOUND')
    this.#show(isUnknown ? unknown() : notice(outcome))
  }

  #show(...parts: readonly HTMLElement[]): void {
    this.#found.replaceChildren(...parts)
  }
}

function unknown(): HTMLElement {
  return nothingOf(
    'Nothing is kept of it.',
    'Good answers are not kept. An error may be older than a day, or came when its isolate had kept enough of that minute; or it came within the last ten seconds: look again. The log has all of them.',
  )
}

function nothingOf(title: string, text?: string): HTMLElement {
  return element(
    'div',
    { class: 'notice' },
    element('strong', {}, title),
    text === undefined ? undefined : element('p', {}, text),
  )
}
