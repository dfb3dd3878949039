import { allow, type Decision, deny } from '../contract/decision.ts'

/** How a body is to be read, by what its headers say of it. */
export interface Content {
  /** `opaque`: nobody here reads it. */
  readonly type: 'json' | 'form' | 'opaque'
  readonly encoding: 'identity' | 'gzip' | 'deflate'
}

const TYPES: Readonly<Record<string, Content['type']>> = {
  'application/json': 'json',
  'application/x-www-form-urlencoded': 'form',
  'multipart/form-data': 'opaque',
}

/** The upstream inflates brotli too; the runtime here cannot. */
const ENCODINGS = ['identity', 'gzip', 'deflate', 'br'] as const

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/gi

/** Longer words than any that stands in a registry. */
const MOST_QUOTED = 64

const OPAQUE: Content = { type: 'opaque', encoding: 'identity' }

/** Refuses what the upstream would not read either, before it can stumble over it. */
export function contentOf(
  method: string,
  headers: Pick<Headers, 'get'>,
): Decision<Content, 'VALIDATION_ERROR'> {
  const contentType = headers.get('Content-Type')
  if (contentType === null && method === 'DELETE') return allow(OPAQUE)

  const [essence = ''] = (contentType ?? '').split(';')
  const type = TYPES[essence.trim().toLowerCase()]
  if (!type) {
    return deny('VALIDATION_ERROR', {
      reason: contentType ? 'This Content-Type is not supported' : 'The Content-Type is missing',
      supportedTypes: Object.keys(TYPES),
    })
  }
  const given = (headers.get('Content-Encoding')?.trim() || 'identity').toLowerCase()
  const encoding = ENCODINGS.find((known) => known === given)
  if (!encoding) {
    return deny('VALIDATION_ERROR', {
      reason: 'This Content-Encoding is not supported',
      contentEncoding: given.slice(0, MOST_QUOTED),
      supportedEncodings: ENCODINGS,
    })
  }
  if (type === 'opaque') return allow(OPAQUE)

  const charsets = [...(contentType ?? '').matchAll(CHARSET)].map(([, name = '']) => name)
  const foreign = charsets.find((name) => name.toLowerCase() !== 'utf-8')
  if (foreign !== undefined) {
    return deny('VALIDATION_ERROR', {
      reason: 'This charset is not supported',
      charset: foreign.slice(0, MOST_QUOTED),
      supportedCharsets: ['utf-8'],
    })
  }
  return allow(encoding === 'br' ? OPAQUE : { type, encoding })
}
