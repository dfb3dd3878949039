import { SPANS, type Span } from './answers.ts'

/** Where in the console one is. It stands behind the `#`, which no browser sends. */
export type Place =
  | { readonly view: 'traffic'; readonly span: Span }
  | { readonly view: 'exchanges'; readonly id?: string }
  | { readonly view: 'subjects'; readonly subject?: string }
  | { readonly view: 'audit' }

export function placeFrom(hash: string): Place {
  const [view, rest] = hash.replace(/^#\/?/, '').split('/')
  switch (view) {
    case 'exchanges':
      return { view, ...(rest && { id: decoded(rest) }) }
    case 'subjects': {
      const subject = rest && textFrom(rest)
      return { view, ...(subject && { subject }) }
    }
    case 'audit':
      return { view }
    default:
      return { view: 'traffic', span: SPANS.find((span) => span === rest) ?? 'hour' }
  }
}

export function hashOf(place: Place): string {
  switch (place.view) {
    case 'traffic':
      return `#/traffic/${place.span}`
    case 'exchanges':
      return place.id === undefined ? '#/exchanges' : `#/exchanges/${encodeURIComponent(place.id)}`
    case 'subjects':
      return place.subject === undefined ? '#/subjects' : `#/subjects/${base64url(place.subject)}`
    case 'audit':
      return '#/audit'
  }
}

/** How the gateway takes a subject in a path, whatever stands in it. */
export function base64url(text: string): string {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text))
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function textFrom(encoded: string): string | undefined {
  try {
    const bytes = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'))
    return new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(bytes, (each) => each.charCodeAt(0)),
    )
  } catch {
    return undefined
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
