import type { Fault } from './bodies/faults.ts'

const PAGING = /^(?:page|limit|offset)$/
const ID_NAME = /^(?:id|[A-Za-z_]{1,40}(?:Id|_id))$/

/** Up to what still counts rows: with more digits a page's offset would not fit where it is computed. */
const WHOLE_NUMBER = /^\d{1,12}$/

export const NUMBER_REASON = 'must be a whole number of at most 12 digits, not negative'

/** Ids are whatever the upstream makes of them; these are what a client's mistake makes of them. */
const NO_ID = /^(?:undefined|null|NaN|:.*)$|[\s\p{Cc}"<>`\\{}]|^.{256}/su
export const ID_REASON =
  'must be an id: at most 255 characters, no spaces, control characters, quotes, backticks, backslashes, angle brackets or braces, no colon at its beginning, and not undefined, null or NaN'

/** What is wrong with the ids and page numbers of a path that fits this pattern, and of its query. */
export function faultsInParameters(pattern: string, url: URL): Fault[] {
  const inPath = faultsInPath(pattern, url.pathname)
  return url.search === '' ? inPath : [...inPath, ...faultsInQuery(url.searchParams)]
}

/** Whether that is the name of an id in the query: any that looks like one is judged, whoever made it up. */
export function isNamedByClient(name: unknown, pattern: string): boolean {
  return typeof name === 'string' && ID_NAME.test(name) && !pattern.split('/').includes(`:${name}`)
}

function faultsInPath(pattern: string, pathname: string): Fault[] {
  const names = pattern.split('/')
  const subtree = names.at(-1) === '*' ? names.length - 1 : Number.POSITIVE_INFINITY
  return pathname.split('/').flatMap((segment, index) => {
    const name = names[index] ?? ''
    const open = index >= subtree || name.startsWith(':')
    if (!open || !NO_ID.test(decodeURIComponent(segment))) return []
    return invalid(index >= subtree ? 'path' : name.slice(1), ID_REASON)
  })
}

function faultsInQuery(query: URLSearchParams): Fault[] {
  return [...query].flatMap(([name, given]) => {
    const text = given.trim()
    // What is empty counts as left out.
    if (text === '') return []
    if (PAGING.test(name)) return WHOLE_NUMBER.test(text) ? [] : invalid(name, NUMBER_REASON)
    return ID_NAME.test(name) && NO_ID.test(text) ? invalid(name, ID_REASON) : []
  })
}

function invalid(field: string, reason: string): Fault[] {
  return [{ code: 'INVALID_PARAMETER', field, reason }]
}
