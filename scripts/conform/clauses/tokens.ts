import type { Api } from '../api.ts'
import { codeOf } from '../exchange.ts'
import { expectCodes } from '../expect-codes.ts'
import { forgedTokens } from '../forged-tokens.ts'
import { broken, type Clause, held, notApplicable, notTried } from '../judgement.ts'

const MALFORMED = [
  ['a scheme and no token', 'Bearer'],
  ['a token of one part', 'Bearer conform'],
  ['a token of three parts that are no JSON', 'Bearer conform.conform.conform'],
  ['a token of four parts', 'Bearer e30.e30.e30.e30'],
  ['another scheme', 'Basic Y29uZm9ybTpjb25mb3Jt'],
] as const

export const TOKEN_CLAUSES: readonly Clause[] = [
  {
    id: 'missing-token',
    sentence: 'Without a token a guarded path answers MISSING_TOKEN.',
    trial: (api) =>
      expectCodes(
        api,
        [{ purpose: 'no token', sending: guarded(api), codes: ['MISSING_TOKEN'] }],
        absent(api),
      ),
  },
  {
    id: 'malformed-token',
    sentence: 'What cannot be decoded as a token is INVALID_TOKEN_FORMAT.',
    trial: (api) =>
      expectCodes(
        api,
        MALFORMED.map(([purpose, credentials]) => ({
          purpose,
          sending: { ...guarded(api), headers: { Authorization: credentials } },
          codes: ['INVALID_TOKEN_FORMAT'],
        })),
        absent(api),
      ),
  },
  {
    id: 'forged-token',
    sentence: 'A token whose signature, algorithm or key is not the issuer’s is INVALID_TOKEN.',
    trial: (api) =>
      expectCodes(
        api,
        forgedTokens(api.options.token).map(([purpose, token]) => ({
          purpose,
          sending: guarded(api, token),
          codes: ['INVALID_TOKEN'],
        })),
        absent(api),
      ),
  },
  {
    id: 'foreign-token',
    sentence: 'A token of the issuer for another audience is INVALID_TOKEN.',
    async trial(api) {
      const { foreignToken } = api.options
      if (!foreignToken) return notTried('there is no such token: --issuer mints one')
      const sending = guarded(api, foreignToken)
      const attempt = { purpose: 'a token for others', sending, codes: ['INVALID_TOKEN'] } as const
      return expectCodes(api, [attempt], absent(api))
    },
  },
  {
    id: 'expired-token',
    sentence: 'A token that was good and has expired is TOKEN_EXPIRED.',
    async trial(api) {
      const { expiredToken } = api.options
      if (!expiredToken) return notTried('there is none: --expired-token or --issuer gives one')
      const sending = guarded(api, expiredToken)
      const attempt = { purpose: 'an old token', sending, codes: ['TOKEN_EXPIRED'] } as const
      return expectCodes(api, [attempt], absent(api))
    },
  },
  {
    id: 'good-token',
    sentence: 'A good token is not refused as one that is not.',
    async trial(api) {
      if (!api.options.token) return notTried('there is none: --token or --issuer gives one')
      const exchange = await api.ask('a good token', guarded(api, api.options.token))
      if (!exchange) return notTried('no answer came')
      if (codeOf(exchange) === 'NOT_FOUND') return notApplicable(absent(api))
      const { status } = exchange.answer
      return status === 401 ? broken('answered 401', exchange) : held(1)
    },
  },
]

function guarded({ options }: Api, token?: string) {
  return { path: options.guarded, token }
}

function absent({ options }: Api): string {
  return `the API has no ${options.guarded}: --guarded names a path that demands a token`
}
