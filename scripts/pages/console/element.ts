type Child = Node | string | undefined

/** Texts become text nodes, whatever stands in them: nothing here is ever read as markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | boolean | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '')
    else if (value !== undefined && value !== false) made.setAttribute(name, value)
  }
  made.append(...children.filter((child) => child !== undefined))
  return made
}

/** Puts in place only what differs, so that a live page leaves alone what is selected or being read out. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

/** As wide as that share of its track; the number stands beside it. */
export function bar(share: number, kind = ''): HTMLElement {
  const made = element('span', { class: `bar ${kind}`, 'aria-hidden': 'true' }, element('i'))
  const width = Math.min(1, Math.max(0, share)) * 100
  made.style.setProperty('--width', `${width.toFixed(1)}%`)
  return made
}
