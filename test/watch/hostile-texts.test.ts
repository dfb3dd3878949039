import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redacted } from '../../src/watch/redacted.ts'

const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLXNpeHR5LWZvdXItYnl0ZXM'

const json = (value: unknown) => JSON.stringify(value)
const html = (text: string) => text.replaceAll('"', '&quot;').replaceAll("'", '&#39;')

// How a value gets into the text of an error, and how little of it may be left.
const WRAPPINGS: readonly (readonly [string, (value: string) => string])[] = [
  ['JSON', (value) => json({ password: value, n: 1 })],
  ['JSON with spaces', (value) => JSON.stringify({ password: value, n: 1 }, null, 2)],
  ['JSON in JSON', (value) => json({ error: json({ dbPassword: value, n: 1 }) })],
  ['JSON in JSON in JSON', (value) => json({ e: json({ e: json({ client_secret: value }) }) })],
  ['JSON on a page', (value) => `<pre>${html(json({ password: value, n: 1 }))}</pre>`],
  ['an inspected object', (value) => `{ password: '${value.replaceAll("'", '')}', n: 1 }`],
  ['colours', (value) => `\u001b[32mpassword\u001b[39m: \u001b[33m"${value.replace('"', '')}"`],
  ['a name after a control character', (value) => `\u001b${json({ password: value })}`],
  ['a name that an escape begins', (value) => `\u001b[password="${value.replace('"', '')}"`],
  ['a name with a NUL in it', (value) => `pass\u0000word="${value.replace('"', '')}"`],
  ['a name with a mark of no width in it', (value) => `pass\u200bword="${value.replace('"', '')}"`],
  ['a body that was cut', (value) => json({ password: `${value} and more` }).slice(0, -9)],
]

const PASSWORDS = [
  ['plain', 'Tr0ub4dor'],
  ['of several words', 'Tr0ub4dor Horse Battery'],
  ['with a quotation mark', 'Tr0ub4dor"Horse'],
  ['with a backslash', 'Tr0ub4dor\\Horse'],
  ['with punctuation', "Tr0ub4dor;Horse,Battery&Staple'Correct"],
] as const

describe('a secret in an odd place', () => {
  it.each(
    WRAPPINGS.flatMap(([place, wrap]) =>
      PASSWORDS.map(([kind, value]) => [kind, place, wrap(value)] as const),
    ),
  )('is not repeated: a password, %s, in %s', (_, __, text) => {
    expect(redacted(text)).not.toMatch(/Tr0ub4dor|Horse|Battery|Staple|Correct/)
    expect(redacted(text)).toContain('[redacted]')
  })

  it.each([
    ['a form', 'grant=x&password=Tr0ub4dor&n=1'],
    ['an encoded form', 'body%3Dx%26password%3DTr0ub4dor%26n'],
    ['XML', '<password>Tr0ub4dor</password>'],
    ['a hash of Ruby', ':password=>"Tr0ub4dor"'],
    ['YAML', 'user: x\npassword: Tr0ub4dor\n'],
    ['an environment', 'PGPASSWORD=Tr0ub4dor node'],
    ['a header', 'Authorization: Token Tr0ub4dor'],
    ['another scheme', 'authorization: digest Tr0ub4dor'],
    ['cookies', 'cookie: theme=dark; session=Tr0ub4dor; x=y'],
    ['a setter', '"set-cookie":["a=b; Path=/","session=Tr0ub4dor"]'],
    ['a URL', 'postgresql://app:Tr0ub4dor@db:5432/x'],
    ['a URL in escaped JSON', 'postgresql:\\/\\/app:Tr0ub4dor@db:5432'],
    ['a URL that was cut', 'postgresql://app:Tr0ub4dor'],
    ['a URL, with an @', 'postgresql://app:a@Tr0ub4dor@db:5432/x'],
    ['a URL, with a slash', 'postgresql://app:a/Tr0ub4dor@db:5432/x'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIITr0ub4dor\n'],
    ['an e-mail address', 'no such user: Tr0ub4dor@mail.example.com'],
    ['an e-mail address, encoded', '?user=Tr0ub4dor%40mail.example.com'],
    ['an e-mail address in escaped JSON', '"Tr0ub4dor\\u0040mail.example.com"'],
    ['an e-mail address beyond ASCII', 'jürgen.Tr0ub4dor@müller.example'],
    ['a key of a payment provider', 'Invalid API Key provided: sk_live_Tr0ub4dor0123456789'],
    ['a key of a model provider', 'key sk-proj-Tr0ub4dor0123456789abc'],
    ['an API key', '\\u0022ctll_Tr0ub4dor'],
  ])('is not repeated: %s', (_, text) => {
    expect(redacted(text)).not.toContain('Tr0ub4dor')
  })

  it.each([
    ['alone', TOKEN],
    ['after an escaped quotation mark', `\\u0022${TOKEN}\\u0022`],
    ['in a word', `token_${TOKEN}`],
    ['wrapped', TOKEN.replace('J9.', 'J9.\n')],
    ['its beginning', TOKEN.slice(0, 30)],
    ['encrypted', `${TOKEN}.Y2lwaGVy.dGFn`],
  ])('is not repeated: a token, %s', (_, text) => {
    expect(redacted(`refused ${text} here`)).not.toMatch(/eyJ|c2lnbmF0|Y2lwaGVy|dGFn/)
  })

  it('is not repeated wherever the text is cut', () => {
    const texts = [
      `refused ${TOKEN}`,
      'password="Tr0ub4dor Horse"',
      'at postgresql://app:Tr0ub4dor@db:5432/x',
    ].flatMap((secret) =>
      Array.from({ length: secret.length + 2 }, (_, early) => {
        const filler = '{"a":"[b]"},'.repeat(400).slice(0, 4_000 - early)
        return `password="${'y'.repeat(3_000)}",${filler.slice(3_012)}${secret} end`
      }),
    )

    expect(texts.map(redacted).filter((text) => /eyJ|Tr0ub|Horse|app:/.test(text))).toEqual([])
  })

  it('leaves the rest to be read', () => {
    const text = [
      'error: relation "tunnel_owners" does not exist (SELECT id FROM tunnels WHERE id = $1)',
      '    at Pool.query (/app/node_modules/pg-pool/index.js:45:11)',
      'connect ECONNREFUSED 127.0.0.1:5432 after 3 tries, max tokens: 4096, see https://x.example/a',
      '{"code":"INVALID_TOKEN","message":"password is too short"}',
    ].join('\n')

    expect(redacted(text)).toBe(text)
  })
})

describe('a text from outside', () => {
  const pieces = fc.constantFrom(
    ...['password', '"', '\\', ':', '=', '<', '&quot;', '%3D', '://', '@', '.', ' ', '\n', '\r'],
    ...['eyJ', 'ctll_', 'cookie', 'bearer ', '\u0000', '\u001b[31m', '\u009b', '\u0085', '\u2028'],
    ...['\u2029', '\u200b', '\u202e', '\ud800', '😀', 'a', 'xxxxxxxx'],
  )
  const text = fc.oneof(
    fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 200 }),
    fc.tuple(pieces, pieces, fc.nat(3_000)).map(([a, b, times]) => [`${a}${b}`.repeat(times)]),
  )

  it('is one line of JSON in every reader, and bounded', () => {
    fc.assert(
      fc.property(text, (parts) => {
        const line = JSON.stringify({ upstreamError: redacted(parts.join('')) })

        expect(line).toMatch(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u)
        expect(JSON.parse(line).upstreamError.length).toBeLessThanOrEqual(1_000)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(
    ['a@', '://', 'password=', 'password="', 'eyJ-', '&quot;', '\\', 'a.', 'cookie: ', 'eyJ '].map(
      (piece) => [piece],
    ),
  )('of nothing but %s costs no more the longer it is', (piece) => {
    const startedAt = performance.now()

    redacted(piece.repeat(60_000))
    redacted(`${'a'.repeat(4_000)}${piece.repeat(60_000)}`)

    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })
})
