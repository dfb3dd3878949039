import type { ErrorCode } from '../../../src/contract/catalogue.ts'
import type { Api } from '../api.ts'
import { expectCodes } from '../expect-codes.ts'
import { type Clause, notTried } from '../judgement.ts'

const BROKEN = [
  '{"refreshToken":',
  '{"refreshToken": "a",}',
  "{'refreshToken': 'a'}",
  'refreshToken',
]
const REFUSED: readonly ErrorCode[] = ['INVALID_REFRESH_TOKEN', 'TOKEN_REFRESH_FAILED']

/** At the one path that the contract names. */
export const BODY_CLAUSES: readonly Clause[] = [
  {
    id: 'broken-json',
    sentence: 'A body that is not valid JSON is INVALID_JSON.',
    trial: (api) =>
      expectCodes(
        api,
        BROKEN.map((body) => attempt(api, 'broken JSON', body, ['INVALID_JSON'])),
        absent(api),
      ),
  },
  {
    id: 'oversized-body',
    sentence: 'A body that is too large is VALIDATION_ERROR.',
    async trial(api) {
      const { maxBodyBytes } = api.options
      if (maxBodyBytes === 0) return notTried('--max-body says how much is too large')
      const body = JSON.stringify({ refreshToken: 'x'.repeat(maxBodyBytes) })
      const purpose = `a body over ${maxBodyBytes} bytes`
      return expectCodes(api, [attempt(api, purpose, body, ['VALIDATION_ERROR'])], absent(api))
    },
  },
  {
    id: 'missing-refresh-token',
    sentence: 'A refresh without a refresh token is MISSING_REFRESH_TOKEN.',
    trial: (api) =>
      expectCodes(
        api,
        [attempt(api, 'no refresh token', '{}', ['MISSING_REFRESH_TOKEN'])],
        absent(api),
      ),
  },
  {
    id: 'unknown-refresh-token',
    sentence:
      'A refresh token that nobody issued is INVALID_REFRESH_TOKEN or TOKEN_REFRESH_FAILED.',
    trial(api) {
      const body = JSON.stringify({ refreshToken: `conform-${crypto.randomUUID()}` })
      return expectCodes(
        api,
        [attempt(api, 'an unknown refresh token', body, REFUSED)],
        absent(api),
      )
    },
  },
]

function attempt({ options }: Api, purpose: string, body: string, codes: readonly ErrorCode[]) {
  const headers = { 'Content-Type': 'application/json' }
  return { purpose, sending: { path: options.refresh, method: 'POST', headers, body }, codes }
}

function absent({ options }: Api): string {
  return `the API has no ${options.refresh}: --refresh names where tokens are refreshed`
}
