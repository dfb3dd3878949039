import { Audit } from './answers.ts'
import { auditTable } from './audit-list.ts'
import type { Desk } from './desk.ts'
import { element } from './element.ts'
import { notice } from './notice.ts'
import { Poll } from './poll.ts'
import type { View } from './view.ts'

const INTERVAL_MS = 15_000

/** Who changed which subject, the newest first. */
export class AuditView implements View {
  readonly title = 'Audit trail'
  readonly element: HTMLElement
  readonly #desk: Desk
  readonly #entries = element('div')
  readonly #notice = element('div')
  readonly #poll = new Poll(INTERVAL_MS, () => this.#ask())

  constructor(desk: Desk) {
    this.#desk = desk
    this.#entries.append(element('div', { class: 'skeleton of-lines', 'aria-hidden': 'true' }))
    this.element = element(
      'div',
      {},
      element(
        'p',
        { class: 'quiet intro' },
        'The last hundred changes; the trail is kept for 90 days.',
      ),
      this.#notice,
      element('div', { class: 'panel' }, this.#entries),
    )
  }

  start(): void {
    this.#poll.start()
  }

  stop(): void {
    this.#poll.stop()
  }

  async #ask() {
    const outcome = await this.#desk.read('admin/audit?limit=100', Audit)
    if (outcome.kind === 'answered') {
      this.#notice.replaceChildren()
      if (!this.#entries.contains(document.activeElement)) {
        this.#entries.replaceChildren(auditTable(outcome.value.entries))
      }
    } else {
      this.#notice.replaceChildren(notice(outcome))
    }
    return this.#desk.round(outcome)
  }
}
