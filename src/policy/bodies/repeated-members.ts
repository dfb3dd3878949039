/** A string, with the colon behind it where it names a member, or a mark that gives the text around it its structure. */
const MARKS = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\]]/g

/** An object or a list that is open, and the last member named in it. */
interface Open {
  readonly names: Set<string>
  last: string
}

/**
 * The members that a JSON text names more than once in the same object, each by its path. Of two, JSON.parse keeps the
 * last and another reader may keep the first.
 */
export function repeatedMembers(json: string): readonly string[] {
  const open: Open[] = []
  const repeated = new Set<string>()
  for (const [mark, text, colon] of json.matchAll(MARKS)) {
    const innermost = open.at(-1)
    if (mark === '{' || mark === '[') open.push({ names: new Set(), last: '' })
    else if (mark === '}' || mark === ']') open.pop()
    else if (text !== undefined && colon !== undefined && innermost) {
      innermost.last = String(JSON.parse(text))
      if (innermost.names.has(innermost.last)) repeated.add(pathOf(open))
      innermost.names.add(innermost.last)
    }
  }
  return [...repeated]
}

function pathOf(open: readonly Open[]): string {
  return open
    .map(({ last }) => last)
    .filter((name) => name !== '')
    .join('.')
}
