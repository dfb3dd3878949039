import { eventList } from './anomalies.ts'
import { Events, type Settings, SPANS, type Span, Traffic } from './answers.ts'
import type { Lost, Refused } from './asking.ts'
import { Colours } from './colours.ts'
import type { Desk } from './desk.ts'
import { element, setText } from './element.ts'
import { PanelFigure } from './figure.ts'
import { notice, sinceWords } from './notice.ts'
import { number } from './numbers.ts'
import { panelsOf, type Quantile, SPAN_WORDS, tilesOf } from './panels.ts'
import { hashOf } from './place.ts'
import { Poll } from './poll.ts'
import { clock, zone } from './times.ts'
import { limitedTable, limitsTable, nothing, routesTable } from './traffic-lists.ts'
import type { View } from './view.ts'

const OFTEN_MS = 5_000
const SELDOM_MS = 60_000
const EVENTS_MS = 30_000

const SPAN_NAMES: Readonly<Record<Span, string>> = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  quarter: '90 days',
}

const QUANTILES: readonly Quantile[] = ['p50', 'p95', 'p99']

/** What goes through the gateway, over one span. */
export class TrafficView implements View {
  readonly title = 'Traffic'
  readonly element: HTMLElement
  readonly #desk: Desk
  readonly #span: Span
  readonly #polls: readonly Poll[]
  readonly #asOf = element('p', { class: 'quiet as-of' }, 'Asking…')
  readonly #notice = element('div')
  readonly #tiles = element('dl', { class: 'tiles' })
  readonly #panels = element('div', { class: 'panels' })
  readonly #figures = new Map<string, PanelFigure>()
  readonly #limits = element('div')
  readonly #limited = element('div')
  readonly #routes = element('div')
  readonly #events = element('div')
  readonly #colours = { codes: new Colours(), limits: new Colours() }
  #quantile: Quantile = 'p95'
  #traffic: Traffic | undefined
  #readAt = 0

  constructor(desk: Desk, span: Span) {
    this.#desk = desk
    this.#span = span
    this.#polls = [
      new Poll(span === 'hour' ? OFTEN_MS : SELDOM_MS, () => this.#ask()),
      new Poll(EVENTS_MS, () => this.#askEvents()),
    ]
    this.element = element(
      'div',
      { class: 'traffic', 'aria-busy': 'true' },
      element('div', { class: 'bar-row' }, spanSwitch(span), this.#asOf),
      this.#notice,
      this.#tiles,
      this.#panels,
      element(
        'div',
        { class: 'lists' },
        list('Admitted and refused', 'limits', this.#limits),
        list('Most often refused', 'limited', this.#limited),
        list('Routes', 'routes', this.#routes),
        list('Anomalies', 'anomalies', this.#events),
      ),
    )
    this.#tiles.append(...skeletons(6, 'tile'))
    this.#panels.append(...skeletons(8, 'panel'))
    for (const part of [this.#limits, this.#limited, this.#routes, this.#events]) {
      part.append(...skeletons(1, 'lines'))
    }
  }

  start(): void {
    for (const poll of this.#polls) poll.start()
  }

  stop(): void {
    for (const poll of this.#polls) poll.stop()
  }

  discard(): void {
    for (const figure of this.#figures.values()) figure.discard()
  }

  async #ask() {
    const outcome = await this.#desk.read(`admin/traffic?span=${this.#span}`, Traffic)
    if (outcome.kind === 'answered') this.#show(outcome.value, this.#desk.settings)
    else this.#missing(outcome)
    return this.#desk.round(outcome)
  }

  async #askEvents() {
    const outcome = await this.#desk.read('admin/events?limit=100', Events)
    if (outcome.kind === 'answered') {
      this.#events.replaceChildren(eventList(outcome.value.events))
      this.#desk.noteEvents(outcome.value.events)
    } else {
      this.#events.replaceChildren(notice(outcome))
      this.#desk.noteEvents(undefined)
    }
    return this.#desk.round(outcome)
  }

  #show(traffic: Traffic, settings: Settings | undefined): void {
    this.#traffic = traffic
    this.#readAt = Date.now()
    this.element.setAttribute('aria-busy', 'false')
    this.element.classList.remove('stale')
    this.#notice.replaceChildren()
    const isolates = `${number(traffic.isolates)} isolate${traffic.isolates === 1 ? '' : 's'}`
    const text = `As of ${clock(this.#readAt)}, told by ${isolates}. Times are of ${zone()}.`
    setText(this.#asOf, text)
    this.#tile(traffic)
    this.#draw(traffic)
    refill(this.#limits, limitsTable(traffic, settings))
    refill(this.#limited, limitedTable(traffic))
    refill(this.#routes, routesTable(traffic))
    this.#desk.noteTraffic(traffic)
  }

  #missing(no: Refused | Lost): void {
    const since = this.#traffic ? sinceWords(this.#readAt) : 'It is asked for again by itself.'
    this.#notice.replaceChildren(notice(no, since))
    this.element.setAttribute('aria-busy', 'false')
    this.element.classList.add('stale')
    this.#desk.noteTraffic(undefined)
    if (this.#traffic) return
    this.#tiles.replaceChildren()
    this.#panels.replaceChildren()
    for (const part of [this.#limits, this.#limited, this.#routes]) {
      part.replaceChildren(nothing('It could not be read yet.'))
    }
    setText(this.#asOf, `Nothing could be read of ${SPAN_WORDS[this.#span]} yet.`)
  }

  #tile(traffic: Traffic): void {
    const tiles = tilesOf(traffic)
    if (this.#tiles.querySelectorAll('dd').length !== tiles.length) {
      this.#tiles.replaceChildren(
        ...tiles.map(({ label }) =>
          element('div', { class: 'tile' }, element('dt', {}, label), element('dd')),
        ),
      )
    }
    for (const [nth, { value, isBad }] of tiles.entries()) {
      const tile = this.#tiles.children[nth]
      const shown = tile?.querySelector('dd')
      if (shown) setText(shown, value)
      tile?.classList.toggle('bad', isBad)
    }
  }

  #draw(traffic: Traffic): void {
    const { span, points } = traffic
    const times = points.map(({ time }) => Date.parse(time) / 1000)
    for (const panel of panelsOf(traffic, this.#quantile, this.#colours)) {
      const drawn = { panel, span, times }
      const known = this.#figures.get(panel.id)
      if (known) {
        known.show(drawn)
        continue
      }
      if (this.#figures.size === 0) this.#panels.replaceChildren()
      const made = new PanelFigure(drawn, panel.id === 'waits' ? this.#quantileSwitch() : undefined)
      this.#figures.set(panel.id, made)
      this.#panels.append(made.element)
      made.show(drawn)
    }
  }

  #quantileSwitch(): HTMLElement {
    const select = element(
      'select',
      { 'aria-label': 'Which share of those that waited' },
      ...QUANTILES.map((each) =>
        element('option', { value: each, selected: each === this.#quantile }, each),
      ),
    )
    select.addEventListener('change', () => {
      this.#quantile = QUANTILES.find((each) => each === select.value) ?? 'p95'
      if (this.#traffic) this.#draw(this.#traffic)
    })
    return select
  }
}

function spanSwitch(current: Span): HTMLElement {
  const links = SPANS.map((span) =>
    element(
      'a',
      {
        href: hashOf({ view: 'traffic', span }),
        'aria-current': span === current ? 'true' : undefined,
      },
      SPAN_NAMES[span],
    ),
  )
  return element('nav', { class: 'switch', 'aria-label': 'Span' }, ...links)
}

function list(title: string, id: string, content: HTMLElement): HTMLElement {
  const heading = element('h3', { id: `list-${id}` }, title)
  return element(
    'section',
    { class: `panel ${id}`, 'aria-labelledby': heading.id },
    element('header', {}, heading),
    content,
  )
}

function skeletons(count: number, kind: string): HTMLElement[] {
  return Array.from({ length: count }, () =>
    element('div', { class: `skeleton of-${kind}`, 'aria-hidden': 'true' }),
  )
}

/** While somebody is in it, by keyboard, it stays as it is. */
function refill(part: HTMLElement, content: Node | string): void {
  const focused = document.activeElement
  if (focused instanceof HTMLAnchorElement && part.contains(focused)) return
  const scrolled = part.firstElementChild?.scrollTop ?? 0
  const hadFocus = focused !== null && part.contains(focused)
  part.replaceChildren(content)
  const [first] = part.children
  if (!(first instanceof HTMLElement)) return
  first.scrollTop = scrolled
  if (hadFocus) first.focus()
}
