import type { Exchange } from '../exchange.ts'
import { expectCodes } from '../expect-codes.ts'
import { broken, type Clause, held, notTried } from '../judgement.ts'

const TRICKS = [
  ['/./', 'a dot segment'],
  ['/../', 'two dots'],
  ['/%2e%2e/', 'two encoded dots'],
  ['/%252e%252e/', 'two dots, encoded twice'],
  ['/..%2f', 'an encoded slash'],
  ['/..%5c', 'an encoded backslash'],
  ['\\..\\', 'a backslash'],
  ['//', 'an empty segment'],
  ['/%00/', 'an encoded NUL'],
  ['/%0d%0aX-Conform:%201/', 'an encoded line'],
  ['/%zz/', 'a broken escape'],
  ['/%c3%28/', 'bytes that are no UTF-8'],
] as const

export const PATH_CLAUSES: readonly Clause[] = [
  {
    id: 'unlisted-path',
    sentence: 'A path that the API does not have is NOT_FOUND, with a token or without.',
    trial: (api) =>
      expectCodes(
        api,
        [
          { path: api.nowhere },
          { path: api.nowhere, token: api.options.token },
          { path: api.nowhere, method: 'POST', body: '{}' },
        ].map((sending) => ({ purpose: 'a path nobody has', sending, codes: ['NOT_FOUND'] })),
      ),
  },
  {
    id: 'wrong-method',
    sentence: 'A method that a path does not have is NOT_FOUND, and Allow names those it has.',
    trial: (api) =>
      // Of the methods that change nothing, the one that no API has.
      expectCodes(api, [
        {
          purpose: 'a method of WebDAV',
          sending: { path: api.options.open, method: 'PROPFIND' },
          codes: ['NOT_FOUND'],
          also: faultInAllow,
        },
      ]),
  },
  {
    id: 'path-tricks',
    sentence:
      'A path that two servers could read differently is VALIDATION_ERROR; where something in front has resolved it, NOT_FOUND.',
    trial: (api) =>
      // Both ends are nobody's, so that no reading of it leads anywhere.
      expectCodes(
        api,
        TRICKS.map(([trick, purpose]) => ({
          purpose,
          sending: { path: `${api.nowhere}${trick}${api.nowhere.slice(1)}` },
          codes: ['VALIDATION_ERROR', 'NOT_FOUND'],
        })),
      ),
  },
  {
    id: 'head-as-get',
    sentence: 'HEAD has the status of GET.',
    async trial(api) {
      for (const path of [api.options.open, api.nowhere]) {
        const get = await api.ask('GET beside HEAD', { path })
        const head = await api.ask('HEAD beside GET', { path, method: 'HEAD' })
        if (!get || !head) return notTried('no answer came')
        const limited = [get, head].some(({ answer }) => answer.status === 429)
        if (limited) return notTried('the API refuses more requests for now (429)')
        if (get.answer.status !== head.answer.status) {
          return broken(`${head.answer.status}, and GET ${get.answer.status}`, head)
        }
      }
      return held(4)
    },
  },
]

function faultInAllow({ asked, answer }: Exchange): string | undefined {
  const allow = answer.headers.get('Allow')
  if (!allow) return 'Allow is missing'
  const methods = allow.split(',').map((method) => method.trim())
  return methods.includes(asked.method) ? `Allow names ${asked.method}` : undefined
}
