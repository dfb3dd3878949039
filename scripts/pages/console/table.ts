import { element } from './element.ts'

export type Cell = string | Node

/** A name, before it a `#` where numbers stand below it: they are compared digit by digit. */
export type Column = string

/** Rows with a name in their first cell; numbers, if any, in the others. */
export function dataTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): HTMLElement {
  const classes = columns.map((column) => (column.startsWith('#') ? 'number' : undefined))
  const head = columns.map((column, nth) =>
    element('th', { scope: 'col', class: classes[nth] }, column.replace('#', '')),
  )
  const body = rows.map(([first = '', ...others]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, first),
      ...others.map((cell, nth) => element('td', { class: classes[nth + 1] }, cell)),
    ),
  )
  // What scrolls has to be reached by keyboard too.
  return element(
    'div',
    { class: 'scrolled', tabindex: '0', role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', { class: 'unseen' }, caption),
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...body),
    ),
  )
}
