import { element, setText } from './element.ts'
import { type Drawn, Plot } from './plot.ts'
import { dataTable } from './table.ts'
import { stepOf } from './times.ts'

/** A panel with its title, the answer in words, the picture, and the same numbers as a table. */
export class PanelFigure {
  readonly element: HTMLElement
  readonly #says = element('p', { class: 'says' })
  readonly #unit = element('span', { class: 'unit' })
  readonly #picture = element('div')
  readonly #nothing = element('p', { class: 'nothing' })
  readonly #table = element('div')
  readonly #details: HTMLDetailsElement
  #drawn: Drawn
  #plot: Plot | undefined

  constructor(drawn: Drawn, extra?: HTMLElement) {
    this.#drawn = drawn
    const { id, title } = drawn.panel
    const heading = element('h3', { id: `panel-${id}` }, title)
    this.#details = element('details', {}, element('summary', {}, 'Show as table'), this.#table)
    this.#details.addEventListener('toggle', () => this.#tabulate())
    this.element = element(
      'section',
      { class: 'panel', 'aria-labelledby': heading.id },
      element('header', {}, heading, this.#unit, extra),
      this.#says,
      this.#nothing,
      this.#picture,
      this.#details,
    )
  }

  /** Once it stands in the page: a picture needs to know how wide it is. */
  show(drawn: Drawn): void {
    this.#drawn = drawn
    const { says, unit, nothing } = drawn.panel
    setText(this.#says, says)
    setText(this.#unit, unit)
    setText(this.#nothing, nothing ?? '')
    this.#nothing.hidden = nothing === undefined
    this.#says.hidden = nothing !== undefined
    this.#picture.hidden = nothing !== undefined
    this.#details.hidden = nothing !== undefined
    if (nothing === undefined) this.#draw()
    this.#tabulate()
  }

  discard(): void {
    this.#plot?.discard()
  }

  #draw(): void {
    if (this.#plot) {
      this.#plot.show(this.#drawn)
    } else {
      this.#plot = new Plot(this.#drawn)
      this.#picture.append(this.#plot.element)
    }
  }

  /** Hundreds of rows that nobody looks at are not made. */
  #tabulate(): void {
    if (!this.#details.open) {
      this.#table.replaceChildren()
      return
    }
    const { panel, span, times } = this.#drawn
    const rows = times.map((time, at) => [
      stepOf(span, time * 1000),
      ...panel.lines.map(({ values }) => {
        const value = values[at]
        return value === null || value === undefined ? '–' : panel.format(value)
      }),
    ])
    const names = ['From', ...panel.lines.map(({ label }) => `#${label}`)]
    const scrolled = this.#table.firstElementChild?.scrollTop ?? 0
    const table = dataTable(`${panel.title}, ${panel.unit}`, names, rows.reverse())
    this.#table.replaceChildren(table)
    table.scrollTop = scrolled
  }
}
