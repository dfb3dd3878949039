const MARKUP = /<(\?xml[^>]*\?|\/?[a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/y
const TEXT = /[^<\p{Cc}]|[\t\n\r]/uy
const REFERENCE = /&(?!(?:amp|lt|gt|quot);)/

/** How often each element stands in a document. Throws where it is not well-formed. */
export function outlineOf(xml: string): Readonly<Record<string, number>> {
  if (REFERENCE.test(xml)) throw new Error('an ampersand that is no reference')
  const counts: Record<string, number> = {}
  const open: string[] = []
  for (let at = 0; at < xml.length; ) {
    MARKUP.lastIndex = at
    TEXT.lastIndex = at
    const markup = MARKUP.exec(xml)
    if (!markup && !TEXT.test(xml)) throw new Error(`not well-formed at ${xml.slice(at, at + 40)}`)
    at = markup ? MARKUP.lastIndex : TEXT.lastIndex
    if (!markup) continue

    const [, name = '', , alone] = markup
    if (name.startsWith('?')) continue
    if (name.startsWith('/')) {
      if (open.pop() !== name.slice(1)) throw new Error(`<${name}> closes what is not open`)
      continue
    }
    counts[name] = (counts[name] ?? 0) + 1
    if (!alone) open.push(name)
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`)
  return counts
}
