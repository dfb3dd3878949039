/** Every record has them, and the document says so once. */
const OF_ALL = ['time', 'event']

type Documented = ReadonlyMap<string, ReadonlySet<string>>

/** The fields that docs/log-records.md names, by event: from the first column of the table under the event's heading. */
export function documentedFields(markdown: string): Documented {
  const chapters = markdown.split(/^## /m).slice(1)
  return new Map(
    chapters.flatMap((chapter) => {
      const [, event] = /^`([a-z.]+)`\n/.exec(chapter) ?? []
      return event ? [[event, new Set([...OF_ALL, ...firstTable(chapter)])] as const] : []
    }),
  )
}

function firstTable(chapter: string): readonly string[] {
  const [, table = ''] = /^\| field \|.*\n\|[-|]+\|\n((?:\|.*\n?)*)/m.exec(chapter) ?? []
  return table.split('\n').flatMap((row) => {
    const [, names = ''] = /^\| (`[^|]*`) \|/.exec(row) ?? []
    return [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
  })
}

/** What a record says that no reader could look up. A field that is undefined is not written. */
export function undocumentedIn(
  record: Readonly<Record<string, unknown>>,
  documented: Documented,
): readonly string[] {
  const event = String(record.event)
  const fields = documented.get(event)
  if (!fields) return [`the event ${event}`]
  return Object.entries(record)
    .filter(([name, value]) => value !== undefined && !fields.has(name))
    .map(([name]) => `${name} of ${event}`)
}

/** The records among the lines of a worker's output. */
export function recordsIn(output: string): readonly Readonly<Record<string, unknown>>[] {
  return (
    output
      .split('\n')
      // The last one may still be under way.
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  )
}
