import * as v from 'valibot'

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** An http or https address without credentials, query or fragment. */
export const baseUrl = v.pipe(
  v.string(),
  v.check((text) => isBase(text), 'must be an http(s) URL without credentials, query or fragment'),
)

/** Keys that travel in the clear could be anyone's; to one's own machine they do not travel. */
export const keyUrl = v.pipe(
  baseUrl,
  v.check((text) => isSafe(text), 'must be https; plain http is for loopback addresses only'),
)

export function urlFrom(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

function isBase(text: string): boolean {
  const url = urlFrom(text)
  if (!url || !/^https?:$/.test(url.protocol)) return false
  return url.username === '' && url.password === '' && !/[?#]/.test(text)
}

function isSafe(text: string): boolean {
  const url = urlFrom(text)
  return url?.protocol === 'https:' || (url !== undefined && LOOPBACK.test(url.hostname))
}
