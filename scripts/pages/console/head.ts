import { openOnes } from './anomalies.ts'
import type { Dependencies, Events, Traffic } from './answers.ts'
import { element, setText } from './element.ts'
import { milliseconds, percent, ratio } from './numbers.ts'
import { hashOf } from './place.ts'
import type { Holder } from './session.ts'

const NAMES = ['store', 'keys', 'upstream'] as const

/** What is to be known at any place of the console: where one is, and whether all is well. */
export class Head {
  readonly element: HTMLElement
  readonly #environment = element('span', { class: 'environment' })
  readonly #chips = element('ul', { class: 'chips', 'aria-label': 'State' })
  readonly #chipOf = new Map<string, HTMLElement>()
  readonly #nav = element('nav', { 'aria-label': 'Console', class: 'places' })
  readonly #holder = element('p', { class: 'holder' })
  readonly #signOut = element('button', { type: 'button' }, 'Sign out')

  constructor(signOut: () => void) {
    this.#signOut.addEventListener('click', signOut)
    this.#nav.append(
      placeLink('traffic', 'Traffic', hashOf({ view: 'traffic', span: 'hour' })),
      placeLink('exchanges', 'Look-up', hashOf({ view: 'exchanges' })),
      placeLink('subjects', 'Subjects', hashOf({ view: 'subjects' })),
      placeLink('audit', 'Audit', hashOf({ view: 'audit' })),
    )
    for (const name of [...NAMES, 'fallback', 'anomalies']) this.#addChip(name)
    this.element = element(
      'header',
      { class: 'head' },
      element('div', { class: 'name' }, element('h1', {}, 'Gateway console'), this.#environment),
      this.#chips,
      element('div', { class: 'self' }, this.#holder, this.#signOut),
      this.#nav,
    )
    this.close()
  }

  open({ name, expiresAt }: Holder): void {
    this.#show(true)
    const until = expiresAt === undefined ? '' : `until ${timeOf(expiresAt)}`
    setText(this.#holder, [name, until].filter((part) => part).join(', '))
    this.#holder.title = name ?? ''
  }

  close(): void {
    this.#show(false)
    setText(this.#holder, '')
    this.#holder.title = ''
    setText(this.#environment, '')
    this.#environment.className = 'environment'
    for (const name of ['fallback', 'anomalies']) this.#chip(name, '', undefined)
  }

  #show(isOpen: boolean): void {
    this.#nav.hidden = !isOpen
    this.#signOut.hidden = !isOpen
    this.#holder.hidden = !isOpen
  }

  placed(view: string): void {
    for (const link of this.#nav.querySelectorAll('a')) {
      if (link.dataset.view === view) link.setAttribute('aria-current', 'page')
      else link.removeAttribute('aria-current')
    }
  }

  environment(name: string): void {
    setText(this.#environment, name)
    this.#environment.className = `environment ${name}`
  }

  /** Undefined: it could not be asked. */
  dependencies(states: Dependencies | undefined): void {
    for (const name of NAMES) {
      const state = states?.[name]
      if (!state) this.#chip(name, `${name} unknown`, 'unknown')
      else if (state.state === 'up') {
        this.#chip(name, `${name} up, ${milliseconds(state.latencyMs)}`, 'good')
      } else this.#chip(name, `${name} away`, 'bad')
    }
  }

  /** Undefined: it could not be read. */
  traffic(traffic: Traffic | undefined): void {
    if (!traffic) {
      this.#chip('fallback', 'readings unknown', 'unknown')
      return
    }
    const { fallbackReadings, requests } = traffic.totals
    const share = ratio(fallbackReadings, requests)
    const text = `${percent(share)} without the store`
    this.#chip('fallback', text, share > 0 ? 'bad' : 'good')
  }

  events(events: Events | undefined): void {
    if (!events) {
      this.#chip('anomalies', 'anomalies unknown', 'unknown')
      return
    }
    const many = openOnes(events).length
    const text = many === 0 ? 'no anomaly' : `${many} anomal${many === 1 ? 'y' : 'ies'}`
    this.#chip('anomalies', text, many === 0 ? 'good' : 'bad')
  }

  #addChip(name: string): void {
    const chip = element('li', { class: 'chip' })
    chip.hidden = true
    this.#chipOf.set(name, chip)
    this.#chips.append(chip)
  }

  #chip(name: string, text: string, kind: string | undefined): void {
    const chip = this.#chipOf.get(name)
    if (!chip) return
    setText(chip, text)
    chip.className = `chip ${kind ?? ''}`
    chip.hidden = kind === undefined
  }
}

function placeLink(view: string, text: string, href: string): HTMLElement {
  return element('a', { href, 'data-view': view }, text)
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

function timeOf(time: number): string {
  return CLOCK.format(time)
}
