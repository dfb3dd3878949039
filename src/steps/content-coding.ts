// Which the runtime undoes, in this spelling, where an answer no longer says that it is encoded. Others can only be
// passed on.
const UNDONE = ['gzip', 'br']

/** Of the encoded bytes, not of what they say. */
const OF_THE_BYTES = [
  'Content-Encoding',
  'Content-Length',
  'Accept-Ranges',
  'Content-MD5',
  'Digest',
  'Content-Digest',
  'Repr-Digest',
]

/**
 * Takes the encoding off an answer whose client did not ask for it: some upstreams encode whatever they are asked, and
 * so may a platform on the way to them. A part of an encoded whole cannot be decoded, and `no-transform` forbids it.
 */
export function decodeUnasked({ status, headers }: Response, acceptEncoding: string | null): void {
  const coding = headers.get('Content-Encoding')
  if (coding === null || !UNDONE.includes(coding) || accepts(acceptEncoding, coding)) return
  // Nothing is no gzip: the runtime would fail on it before the header has gone, and its client hear nothing at all.
  if (headers.get('Content-Length') === '0') return
  if (status === 206 || /\bno-transform\b/i.test(headers.get('Cache-Control') ?? '')) return
  for (const name of OF_THE_BYTES) headers.delete(name)
  // RFC 9110, section 8.8.3: a strong tag is of these very bytes.
  const tag = headers.get('ETag')
  if (tag?.startsWith('"')) headers.set('ETag', `W/${tag}`)
}

/** RFC 9110, section 12.5.3, but that who says nothing has asked for nothing. */
function accepts(acceptEncoding: string | null, coding: string): boolean {
  const offers = (acceptEncoding ?? '').toLowerCase().split(',').map(offerFrom)
  const offer = offers.find(({ name }) => name === coding || name === `x-${coding}`)
  return (offer ?? offers.find(({ name }) => name === '*'))?.wanted ?? false
}

function offerFrom(item: string): { readonly name: string; readonly wanted: boolean } {
  const [name = '', ...parameters] = item.split(';').map((part) => part.trim())
  return { name, wanted: !parameters.some((each) => /^q\s*=\s*0(?:\.0*)?$/.test(each)) }
}
