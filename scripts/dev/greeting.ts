import { decodeJwt } from 'jose'
import type { Example } from './demo.ts'
import type { Settings } from './given.ts'
import type { Parts } from './parts.ts'
import type { Tokens } from './tokens.ts'

interface Greeting {
  readonly gateway: string
  readonly parts: Parts
  readonly settings: Settings
  readonly tokens: Tokens | undefined
  readonly examples: readonly Example[]
}

export function greeting({ gateway, parts, settings, tokens, examples }: Greeting): string {
  const { store, upstream, issuer } = parts
  return [
    `CloudToLocalLLM Gateway at ${gateway}`,
    '',
    `  upstream  ${settings.UPSTREAM_URL}  ${upstream ? 'the demo' : 'yours'}`,
    `  issuer    ${issuerIn(settings)}  ${issuer ? 'for development' : 'yours'}`,
    `  store     ${settings.UPSTASH_REDIS_REST_URL}  ${store?.kind ?? 'yours'}`,
    `  console   ${gateway}/_gateway/console  ${tokens ? 'takes ADMIN' : 'takes an admin’s token'}`,
    '',
    ...(tokens ? tokenLines(tokens) : [NO_TOKENS, '']),
    ...(tokens && examples.length > 0 ? exampleLines(examples) : []),
    'Ctrl-C stops everything. From here on a line for each request:',
    '',
  ].join('\n')
}

const NO_TOKENS = 'Tokens come from your issuer; nobody here can sign one.'

function issuerIn({ JWT_ISSUER }: Settings): string {
  return JWT_ISSUER ?? 'those of JWT_ISSUERS'
}

function tokenLines(tokens: Tokens): string[] {
  const { FREE, ENTERPRISE, ADMIN } = tokens
  const lines = Object.entries(tokens).map(([name, token]) => `${name}=${token}`)
  return [
    'Tokens, good for 12 hours, REFRESH for one exchange; paste them first:',
    '',
    ...lines,
    '',
    'Whom they speak of, as the operators’ API names it:',
    '',
    ...[FREE, ENTERPRISE, ADMIN].map((token) => `  ${subjectOf(token)}`),
    '',
  ]
}

function subjectOf(token: string): string {
  const { iss, sub } = decodeJwt(token)
  return `user:${iss}|${sub}`
}

function exampleLines(examples: readonly Example[]): string[] {
  return [
    'Then one of these:',
    '',
    ...examples.flatMap(({ status, line }) => [`# ${status}`, line, '']),
  ]
}
