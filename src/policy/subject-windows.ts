import { WINDOW_SECONDS } from './limits.ts'
import { type Limits, secondsOf } from './windows.ts'

/** The ids of all windows that a subject can be counted in, whatever its tier and the route. */
export function windowIdsOf(subject: string, limits: Limits): ReadonlySet<string> {
  const { ip, key, tiers, routes } = limits
  const isAddress = subject.startsWith('ip:')
  const general = isAddress ? ip : subject.startsWith('key:') ? key : Object.values(tiers).flat()
  // A route's limit per caller counts the address where nobody is known.
  const narrow = Object.values(routes)
    .filter(({ per }) => isAddress || per === 'caller')
    .flatMap(({ windows }) => windows)
  return new Set([...general, ...narrow].map(({ id }) => id))
}

/** Of a route's limit, also of one that the settings no longer have; and of nothing that could be a secret. */
const LIMIT_NAME = /^(?:[a-z]{1,32}:)?$/i

/** The id of a window called by its name or its seconds, with its route's limit before it: `bridgePoll:minute`. */
export function windowIdFrom(name: string): string | undefined {
  const colon = name.lastIndexOf(':')
  const limit = name.slice(0, colon + 1)
  const seconds = secondsOf(name.slice(colon + 1))
  return seconds === undefined || !LIMIT_NAME.test(limit) ? undefined : `${limit}${seconds}`
}

/** The other way round, for those to read who will write it. */
export function windowNameOf(id: string): string {
  const colon = id.lastIndexOf(':')
  const seconds = Number(id.slice(colon + 1))
  const [name = seconds] =
    Object.entries(WINDOW_SECONDS).find(([, length]) => length === seconds) ?? []
  return `${id.slice(0, colon + 1)}${name}`
}
