import * as v from 'valibot'
import { carriesKeysSafely } from '../policy/key-url.ts'

/** An http or https address without credentials, query or fragment. */
export const baseUrl = v.pipe(
  v.string(),
  v.check((text) => isBase(text), 'must be an http(s) URL without credentials, query or fragment'),
)

export const keyUrl = v.pipe(
  baseUrl,
  v.check(
    (text) => !isBase(text) || carriesKeysSafely(text),
    'must be https; plain http is for loopback addresses only',
  ),
)

export function urlFrom(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

function isBase(text: string): boolean {
  const url = urlFrom(text)
  if (!url || !/^https?:$/.test(url.protocol)) return false
  return url.username === '' && url.password === '' && !/[?#]/.test(text)
}
