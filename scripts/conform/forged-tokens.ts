const FAR = 4_102_444_800

/** Tokens that nobody should believe. With a good one at hand they are made from it, so that only its proof is wrong. */
export function forgedTokens(
  good?: string,
): readonly (readonly [purpose: string, token: string])[] {
  const [head, payload, signature] = partsOf(good)
  const unsigned = encode({ alg: 'none', typ: 'JWT' })
  const other = encode({ ...decode(payload), sub: 'conform|somebody-else' })
  return [
    ['a payload that nobody signed', `${head}.${other}.${signature}`],
    ['a changed signature', `${head}.${payload}.${changed(signature)}`],
    ['alg "none" and no signature', `${unsigned}.${payload}.`],
    ['alg "none" and a signature', `${unsigned}.${payload}.${signature}`],
    [
      'alg "HS256"',
      `${encode({ ...decode(head), alg: 'HS256' })}.${payload}.${changed(signature)}`,
    ],
    [
      'a key nobody has',
      `${encode({ ...decode(head), kid: crypto.randomUUID() })}.${payload}.${signature}`,
    ],
  ]
}

function partsOf(good?: string): readonly [string, string, string] {
  const [head = '', payload = '', signature = ''] = good?.split('.') ?? []
  if (head && payload && signature) return [head, payload, signature]
  return [
    encode({ alg: 'RS256', typ: 'JWT', kid: 'conform' }),
    encode({ iss: 'https://conform.invalid/', sub: 'conform|nobody', aud: 'conform', exp: FAR }),
    Buffer.alloc(256, 7).toString('base64url'),
  ]
}

/** In its middle: the last character of a base64url text may hold bits that say nothing. */
function changed(signature: string): string {
  const middle = Math.floor(signature.length / 2)
  const other = signature[middle] === 'A' ? 'B' : 'A'
  return `${signature.slice(0, middle)}${other}${signature.slice(middle + 1)}`
}

function encode(part: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

function decode(part: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(part, 'base64url').toString())
}
