import { describe, expect, it } from 'vitest'
import { START, testGateway } from '../support/gateway.ts'
import { newSigner, signWithSecret } from '../support/signer.ts'
import { AUDIENCE, base64urlOf, ISSUER, JWKS_URL } from '../support/tokens.ts'

type Gateway = Awaited<ReturnType<typeof testGateway>>
/** Makes a token, or a whole `Authorization` header, of a gateway's own issuer or of an attacker. */
type Attack = (gateway: Gateway) => string | Promise<string>

const NOW = START / 1000
const GOOD = { iss: ISSUER, aud: AUDIENCE, sub: 'auth0|alice', iat: NOW, exp: NOW + 3_600 }
const HEADER = { alg: 'ES256', kid: 'key-1', typ: 'JWT' }

const part = (value: unknown) => base64urlOf(JSON.stringify(value))
const unsigned = (header: object, payload: object = GOOD) => `${part(header)}.${part(payload)}`

const claims =
  (changes: object): Attack =>
  ({ sign }) =>
    sign(JSON.stringify({ ...GOOD, ...changes }))

const header =
  (changes: object): Attack =>
  ({ seal }) =>
    seal(JSON.stringify({ ...HEADER, ...changes }), JSON.stringify(GOOD))

/** A good payload with something written into its JSON that no object can hold. */
const written =
  (member: string): Attack =>
  ({ seal }) =>
    seal(JSON.stringify(HEADER), JSON.stringify(GOOD).replace('}', `,${member}}`))

async function good({ sign }: Gateway) {
  const [head = '', payload = '', signature = ''] = (await sign(JSON.stringify(GOOD))).split('.')
  return { head, payload, signature, text: `${head}.${payload}.${signature}` }
}

/** The order of P-256 (FIPS 186-5): no part of a signature may reach it. */
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const scalar = (bytes: Uint8Array) => BigInt(`0x${bytes.toHex()}`)
const bytesOf = (number: bigint) => Uint8Array.fromHex(number.toString(16).padStart(64, '0'))

/** A good token whose signature is replaced by two other numbers. */
const signature =
  (change: (r: bigint, s: bigint) => readonly [bigint, bigint]): Attack =>
  async (gateway) => {
    const token = await good(gateway)
    const bytes = Uint8Array.fromBase64(token.signature, { alphabet: 'base64url' })
    const [r, s] = change(scalar(bytes.slice(0, 32)), scalar(bytes.slice(32)))
    const changed = base64urlOf(new Uint8Array([...bytesOf(r), ...bytesOf(s)]))
    return `${token.head}.${token.payload}.${changed}`
  }

/** A token of this length, give or take two. */
async function ofLength(length: number, { sign }: Gateway) {
  const base = (await sign(JSON.stringify({ ...GOOD, filler: '' }))).length
  return sign(JSON.stringify({ ...GOOD, filler: 'x'.repeat(Math.ceil(((length - base) * 3) / 4)) }))
}

const malformed: readonly [string, Attack, string][] = [
  ['Basic credentials', () => 'Basic YTpi', 'scheme'],
  ['a good token without a scheme', async (it) => (await good(it)).text, 'scheme'],
  ['a good token of another scheme', async (it) => `DPoP ${(await good(it)).text}`, 'scheme'],
  ['the scheme alone', () => 'Bearer', 'scheme'],
  ['two spaces', async (it) => `Bearer  ${(await good(it)).text}`, 'scheme'],
  ['a tab', async (it) => `Bearer\t${(await good(it)).text}`, 'scheme'],
  ['a space inside', async (it) => `Bearer ${(await good(it)).text.replace('.', '. ')}`, 'scheme'],
  ['a second word', async (it) => `Bearer ${(await good(it)).text} x`, 'scheme'],
  ['a comma after it', async (it) => `Bearer ${(await good(it)).text},`, 'scheme'],
  ['quotes', async (it) => `Bearer "${(await good(it)).text}"`, 'parts'],
  [
    'two headers, as the platform joins them',
    async (it) => `Bearer ${(await good(it)).text}, Bearer ${(await good(it)).text}`,
    'scheme',
  ],
  ['Basic and Bearer', async (it) => `Basic YTpi, Bearer ${(await good(it)).text}`, 'scheme'],
  ['a word', () => 'Bearer garbage', 'parts'],
  ['two parts', async (it) => `Bearer ${(await good(it)).head}.${part(GOOD)}`, 'parts'],
  ['four parts', async (it) => `Bearer ${(await good(it)).text}.x`, 'parts'],
  [
    'five parts, which is an encrypted token',
    () => `Bearer ${part({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })}.YWJj.YWJj.YWJj.YWJj`,
    'parts',
  ],
  ['an empty payload', async (it) => `Bearer ${(await good(it)).head}..YWJj`, 'parts'],
  ['padding', async (it) => `Bearer ${(await good(it)).text}==`, 'parts'],
  ['the other base64', async (it) => `Bearer ${(await good(it)).text.slice(0, -2)}+/`, 'parts'],
  [
    'spare bits in its last character',
    async (it) => {
      const { text } = await good(it)
      // Of 64 bytes the last character has four bits to spare: its successor decodes to the same.
      const successor = { A: 'B', Q: 'R', g: 'h', w: 'x' }[text.at(-1) ?? '']
      return `Bearer ${text.slice(0, -1)}${successor}`
    },
    'parts',
  ],
  ['more than 16 KB', async (it) => `Bearer ${await ofLength(16_387, it)}`, 'parts'],
  ['text for a header', () => `Bearer YWJj.${part(GOOD)}.YWJj`, 'json'],
  ['text for a payload', () => `Bearer ${part(HEADER)}.YWJj.YWJj`, 'json'],
  ['a list for a header', () => `Bearer ${part([])}.${part(GOOD)}.YWJj`, 'json'],
  ['null for a payload', () => `Bearer ${part(HEADER)}.${part(null)}.YWJj`, 'json'],
  [
    'a byte order mark',
    async ({ seal }) =>
      `Bearer ${await seal(`\ufeff${JSON.stringify(HEADER)}`, JSON.stringify(GOOD))}`,
    'json',
  ],
  [
    'bytes that are no UTF-8',
    () => `Bearer ${part(HEADER)}.${base64urlOf(new Uint8Array([0x7b, 0xff, 0x7d]))}.YWJj`,
    'json',
  ],
  ['a nested token unannounced', async ({ seal }) => `Bearer ${await seal('{}', 'a.b.c')}`, 'json'],
]

const untrustworthy: readonly [string, Attack, string][] = [
  ['another issuer', claims({ iss: 'https://evil.test/' }), 'issuer'],
  ['no issuer', claims({ iss: undefined }), 'issuer'],
  ['the issuer without its slash', claims({ iss: ISSUER.slice(0, -1) }), 'issuer'],
  ['the issuer in capitals', claims({ iss: ISSUER.toUpperCase() }), 'issuer'],
  ['the issuer in a list', claims({ iss: [ISSUER] }), 'issuer'],

  ['no signature and alg none', () => `${unsigned({ alg: 'none' })}.`, 'algorithm'],
  ['no signature and alg nOnE', () => `${unsigned({ alg: 'nOnE' })}.`, 'algorithm'],
  [
    'alg none and a good signature',
    async (it) => `${unsigned({ alg: 'none' })}.${(await good(it)).signature}`,
    'algorithm',
  ],
  ['no alg', header({ alg: undefined }), 'algorithm'],
  ['alg in a list', header({ alg: ['ES256'] }), 'algorithm'],
  ['alg in small letters', header({ alg: 'es256' }), 'algorithm'],
  ['alg of an object', header({ alg: 'constructor' }), 'algorithm'],
  [
    'HS256 and the public key, as JSON, for a secret',
    async ({ keySet }) =>
      signWithSecret(JSON.stringify((await keySet()).keys[0]), GOOD, { kid: 'key-1' }),
    'algorithm',
  ],
  [
    'HS256 and a coordinate of the public key for a secret',
    async ({ keySet }) => {
      const x = (await keySet()).keys[0]?.x ?? ''
      return signWithSecret(Uint8Array.fromBase64(x, { alphabet: 'base64url' }), GOOD)
    },
    'algorithm',
  ],
  [
    'HS256 and zeros for a secret',
    () => signWithSecret(new Uint8Array(32), GOOD, { kid: 'key-1' }),
    'algorithm',
  ],

  ['a key id that is a number', header({ kid: 7 }), 'kid'],
  ['a key id that is null', header({ kid: null }), 'kid'],
  ['a key id that is an object', header({ kid: { kid: 'key-1' } }), 'kid'],
  ['an empty key id', header({ kid: '' }), 'key'],
  ['a key id nobody has', header({ kid: 'key-2' }), 'key'],
  ['a key id with a path', header({ kid: '../../../../dev/null' }), 'key'],
  ['a key id with SQL', header({ kid: "x' UNION SELECT 'secret' --" }), 'key'],
  ['a key id of every object', header({ kid: '__proto__' }), 'key'],

  ['a type that is no access token', header({ typ: 'dpop+jwt' }), 'typ'],
  ['the type of a logout token', header({ typ: 'logout+jwt' }), 'typ'],
  ['an empty type', header({ typ: '' }), 'typ'],
  ['a type that is a list', header({ typ: ['JWT'] }), 'typ'],

  ['a critical extension', header({ crit: ['x'], x: 1 }), 'crit'],
  ['nothing critical, in a list', header({ crit: [] }), 'crit'],
  ['a critical extension that is a claim', header({ crit: ['exp'], exp: 1 }), 'crit'],
  ['an unencoded payload, undeclared', header({ b64: false }), 'crit'],
  ['an unencoded payload, declared', header({ b64: false, crit: ['b64'] }), 'crit'],
  ['a declared encoding as usual', header({ b64: true, crit: ['b64'] }), 'crit'],

  ['a key for us in its header', attackersKey((jwk) => ({ jwk })), 'signature'],
  [
    'the address of keys in its header',
    attackersKey(() => ({ jku: 'https://evil.test/keys' })),
    'signature',
  ],
  [
    'the address of a certificate in its header',
    attackersKey(() => ({ x5u: 'https://evil.test/certificate' })),
    'signature',
  ],
  ['a certificate in its header', attackersKey(() => ({ x5c: ['MIIB'] })), 'signature'],
  ['a key of ours, and signed by another', attackersKey(() => ({})), 'signature'],
  ['no key id, and signed by another', attackersKey(() => ({ kid: undefined })), 'signature'],

  ['a token inside', async (it) => it.seal(nested('JWT'), (await good(it)).text), 'cty'],
  ['a token inside, in small letters', async (it) => it.seal(nested('jwt'), 'a.b.c'), 'cty'],
  [
    'a token inside, by its media type',
    async (it) => it.seal(nested('application/jwt'), JSON.stringify(GOOD)),
    'cty',
  ],

  ['two subjects', written('"sub":"auth0|bob"'), 'repeated member'],
  ['two subjects, one escaped', written('"\\u0073ub":"auth0|bob"'), 'repeated member'],
  ['two expiries', written(`"exp":${NOW + 9_999}`), 'repeated member'],
  ['one claim twice, which is the same', written(`"iat":${NOW}`), 'repeated member'],
  [
    'two algorithms',
    ({ seal }) => seal(`{"alg":"none",${JSON.stringify(HEADER).slice(1)}`, JSON.stringify(GOOD)),
    'repeated member',
  ],

  [
    'a changed payload',
    async (it) => {
      const { head, signature: signed } = await good(it)
      return `${head}.${part({ ...GOOD, roles: ['super_admin'] })}.${signed}`
    },
    'signature',
  ],
  [
    'a changed header',
    async (it) => {
      const { payload, signature: signed } = await good(it)
      return `${part({ ...HEADER, typ: 'at+jwt' })}.${payload}.${signed}`
    },
    'signature',
  ],
  ['no signature', () => `${unsigned(HEADER)}.`, 'signature'],
  ['a signature of zeros', signature(() => [0n, 0n]), 'signature'],
  ['a signature of r = 0', signature((_, s) => [0n, s]), 'signature'],
  ['a signature of s = 0', signature((r) => [r, 0n]), 'signature'],
  ['a signature of r = n', signature((_, s) => [N, s]), 'signature'],
  ['a signature of s = n', signature((r) => [r, N]), 'signature'],
  ['a signature of ones', signature(() => [2n ** 256n - 1n, 2n ** 256n - 1n]), 'signature'],
  [
    'half a signature',
    async (it) => {
      const { head, payload, signature: signed } = await good(it)
      const bytes = Uint8Array.fromBase64(signed, { alphabet: 'base64url' })
      return `${head}.${payload}.${base64urlOf(bytes.slice(0, 32))}`
    },
    'signature',
  ],
  [
    'a signature in DER',
    async (it) => {
      const { head, payload, signature: signed } = await good(it)
      const bytes = Uint8Array.fromBase64(signed, { alphabet: 'base64url' })
      const integer = (number: Uint8Array) => [2, 33, 0, ...number]
      const both = [...integer(bytes.slice(0, 32)), ...integer(bytes.slice(32))]
      return `${head}.${payload}.${base64urlOf(new Uint8Array([48, both.length, ...both]))}`
    },
    'signature',
  ],

  ['another audience', claims({ aud: 'https://other.test' }), 'aud'],
  ['no audience', claims({ aud: undefined }), 'aud'],
  ['an audience that begins with ours', claims({ aud: `${AUDIENCE}.evil.test` }), 'aud'],
  ['our audience among words', claims({ aud: `x ${AUDIENCE}` }), 'aud'],
  ['no audience in a list', claims({ aud: [] }), 'aud'],
  ['an audience that is a number', claims({ aud: 1 }), 'aud'],
  ['an audience that is null', claims({ aud: null }), 'aud'],
  ['an audience that is an object', claims({ aud: { [AUDIENCE]: AUDIENCE } }), 'aud'],
  ['our audience in a list of lists', claims({ aud: [[AUDIENCE]] }), 'aud'],
  ['our audience beside what is no text', claims({ aud: [AUDIENCE, 7] }), 'aud'],

  ['no subject', claims({ sub: undefined }), 'sub'],
  ['an empty subject', claims({ sub: '' }), 'sub'],
  ['a subject that is a number', claims({ sub: 7 }), 'sub'],
  [
    'a subject that is no well-formed text',
    ({ seal }) =>
      seal(JSON.stringify(HEADER), JSON.stringify({ ...GOOD, sub: '@' }).replace('@', '\\ud800')),
    'sub',
  ],

  ['no issue date', claims({ iat: undefined }), 'iat'],
  ['an issue date that is text', claims({ iat: String(NOW) }), 'iat'],
  ['an issue date to come', claims({ iat: NOW + 5.001 }), 'iat'],
  ['a beginning to come', claims({ nbf: NOW + 5.001 }), 'nbf'],
  ['a beginning that is text', claims({ nbf: String(NOW) }), 'nbf'],
  ['a beginning that is null', claims({ nbf: null }), 'nbf'],
  ['no expiry', claims({ exp: undefined }), 'exp'],
  ['an expiry that is text', claims({ exp: '9999999999' }), 'exp'],
  ['a negative expiry', claims({ exp: -1 }), 'exp'],
  ['an expiry that is null', claims({ exp: null }), 'exp'],
  ['an expiry that is true', claims({ exp: true }), 'exp'],
  [
    'an endless expiry',
    ({ seal }) =>
      seal(JSON.stringify(HEADER), JSON.stringify({ ...GOOD, exp: 0 }).replace(':0}', ':1e400}')),
    'exp',
  ],

  ['the nonce of an ID token', claims({ nonce: 'n-0S6_WzA2Mj' }), 'nonce'],
  ['an empty nonce', claims({ nonce: null }), 'nonce'],
  ['the hash of an access token', claims({ at_hash: '77QmUPtjPfzWtF2AnpK9RQ' }), 'at_hash'],
  ['the audience of an ID token', claims({ aud: 'client-id', nonce: 'x' }), 'aud'],

  ['an expiry past and another audience', claims({ exp: NOW - 1, aud: 'https://x.test' }), 'aud'],
  ['an expiry past and no subject', claims({ exp: NOW - 1, sub: undefined }), 'sub'],
  ['an expiry past and an issue date to come', claims({ exp: NOW - 1, iat: NOW + 60 }), 'iat'],
  ['an expiry past and a beginning to come', claims({ exp: NOW - 1, nbf: NOW + 60 }), 'nbf'],
  ['an expiry past and a nonce', claims({ exp: NOW - 1, nonce: 'x' }), 'nonce'],
  [
    'an expiry past, and signed by another',
    async () => (await newSigner('ES256', 'key-1')).sign({ ...GOOD, exp: NOW - 1 }),
    'signature',
  ],
]

/** Signed by a key of the attacker's, under the name of one of the issuer's. */
function attackersKey(changes: (jwk: object) => Readonly<Record<string, unknown>>): Attack {
  return async () => {
    const attacker = await newSigner('ES256', 'key-1')
    return attacker.sign(GOOD, changes(attacker.jwk))
  }
}

function nested(cty: string) {
  return JSON.stringify({ ...HEADER, cty })
}

const CHALLENGE = 'Bearer realm="cloudtolocalllm", error="invalid_token"'

async function answerTo(gateway: Gateway, authorization: string) {
  const { status, headers, error } = await gateway.get('/tunnels', {
    headers: { Authorization: authorization },
  })
  const { correlationId, ...said } = error
  expect(correlationId).toBe(headers.get('X-Correlation-ID'))
  return {
    said,
    status,
    challenge: headers.get('WWW-Authenticate'),
    cause: gateway.records.at(-1)?.cause,
    forwarded: gateway.received.length,
  }
}

describe('a token that cannot be decoded is INVALID_TOKEN_FORMAT', () => {
  it.each(malformed)('%s', async (_, attack, cause) => {
    const gateway = await testGateway()

    expect(await answerTo(gateway, await attack(gateway))).toEqual({
      said: {
        code: 'INVALID_TOKEN_FORMAT',
        message: 'Invalid token format',
        category: 'authentication',
        statusCode: 401,
        suggestion: 'Provide valid JWT token',
      },
      status: 401,
      challenge: CHALLENGE,
      cause,
      forwarded: 0,
    })
  })
})

describe('a token that is not to be believed is INVALID_TOKEN, and only the log says why', () => {
  it.each(untrustworthy)('%s', async (_, attack, cause) => {
    const gateway = await testGateway()

    expect(await answerTo(gateway, `Bearer ${await attack(gateway)}`)).toEqual({
      said: {
        code: 'INVALID_TOKEN',
        message: 'Invalid token format',
        category: 'authentication',
        statusCode: 401,
        suggestion: 'Ensure token is properly formatted and not expired',
      },
      status: 401,
      challenge: CHALLENGE,
      cause,
      forwarded: 0,
    })
  })

  it('and nothing in its header makes the gateway fetch', async () => {
    const asked: string[] = []
    const keys = { keys: [(await newSigner('ES256', 'key-1')).jwk] }
    const gateway = await testGateway({
      keySet: (address) => {
        asked.push(address)
        return Response.json(keys)
      },
    })
    const attack = attackersKey(() => ({
      jku: 'https://evil.test/keys',
      x5u: 'https://evil.test/certificate',
    }))

    await gateway.get('/tunnels', { token: await attack(gateway) })

    expect(asked).toEqual([JWKS_URL])
  })
})

describe('what looks like an attack and is none is accepted', () => {
  it.each<[string, Attack]>([
    ['the twin n − s of a signature', signature((r, s) => [r, N - s])],
    ['an audience in a list', claims({ aud: ['https://other.test', AUDIENCE] })],
    ['our audience twice', claims({ aud: [AUDIENCE, AUDIENCE] })],
    ['clocks five seconds apart', claims({ iat: NOW + 5, nbf: NOW + 5 })],
    ['a fraction in its expiry', claims({ exp: NOW + 0.5 })],
    ['a fraction in its issue date', claims({ iat: NOW - 0.25 })],
    ['a number beyond all bounds where we look for none', written('"x":1e400')],
    ['a claim that is called like every object’s own', written('"__proto__":{"exp":1}')],
    ['members of members with one name', written('"a":{"sub":1},"b":[{"sub":2},{"sub":3}]')],
    ['names inside of text', written('"note":"\\"sub\\":1,{\\\\"')],
    ['the type of RFC 9068', header({ typ: 'at+jwt' })],
    ['its media type', header({ typ: 'application/at+jwt' })],
    ['the type in small letters', header({ typ: 'jwt' })],
    ['no type', header({ typ: undefined })],
    ['no key id', header({ kid: undefined })],
    ['a content type that is no token', header({ cty: 'json' })],
    ['where the issuer says its keys are', header({ jku: JWKS_URL, x5t: 'x' })],
    ['16 KB', (it) => ofLength(16_382, it)],
  ])('%s', async (_, token) => {
    const gateway = await testGateway()

    const answer = await gateway.get('/tunnels', { token: await token(gateway) })

    expect(answer.status).toBe(200)
  })
})
