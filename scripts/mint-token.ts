import { parseArgs } from 'node:util'
import type { TokenOptions } from './issuer/token-options.ts'

const help = `Usage: npm run -s mint-token -- [options]

Prints one token of a running development issuer, asked for by POST <issuer>/dev/tokens; with --refresh a refresh token
that can be exchanged for such a token, by POST <issuer>/dev/refresh-tokens.

  --refresh           a refresh token
  --issuer URL        where the issuer runs; else the variable JWT_ISSUER
  --tier NAME         free, premium or enterprise
  --subject ID        whom the token speaks of
  --roles A,B         for example admin
  --permissions A,B   for example view_users,export_reports
  --expires-in N      seconds from its issue, negative for an expired token (3600)
  --issued-at N       Unix seconds (now)
  --not-before N      Unix seconds (absent)
  --audience A[,B]    whom the token is for
  --alg NAME          RS256, ES256, EdDSA; HS256 and none make tokens to be refused
  --kid ID            names another key than the one that signs
  --typ NAME          the header's typ (JWT)
  --claims JSON       more claims, laid over the others
  --help`

const text = { type: 'string' } as const

try {
  const { values } = parseArgs({
    args: withNegativeNumbers(process.argv.slice(2)),
    options: {
      issuer: text,
      tier: text,
      subject: text,
      roles: text,
      permissions: text,
      'expires-in': text,
      'issued-at': text,
      'not-before': text,
      audience: text,
      alg: text,
      kid: text,
      typ: text,
      claims: text,
      refresh: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  process.stdout.write(`${values.help ? help : await tokenFor(values)}\n`)
} catch (error) {
  const [reason] = String(error instanceof Error ? error.message : error).split('\n')
  process.stderr.write(`mint-token: ${reason}\n`)
  process.exitCode = 1
}

// parseArgs takes "-60" for an option of its own unless it is glued to the one it belongs to.
function withNegativeNumbers(args: readonly string[]): string[] {
  const joined: string[] = []
  for (const arg of args) {
    const before = joined.at(-1) ?? ''
    const belongs = /^-\d+$/.test(arg) && /^--[^=]+$/.test(before)
    if (belongs) joined[joined.length - 1] = `${before}=${arg}`
    else joined.push(arg)
  }
  return joined
}

type Flags = Readonly<Record<string, string | boolean | undefined>>

async function tokenFor(flags: Flags): Promise<string> {
  const issuer = flags.issuer ?? process.env.JWT_ISSUER
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) {
    throw new Error('no issuer: give --issuer URL or set JWT_ISSUER')
  }
  const endpoint = new URL(flags.refresh ? '/dev/refresh-tokens' : '/dev/tokens', issuer)
  const wanted = requestFrom(flags)
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(flags.refresh ? { token: wanted } : wanted),
  }).catch(() => {
    throw new Error(`nobody answers at ${endpoint}: is the development issuer running?`)
  })
  const { token, refreshToken = token, error } = await fieldsOf(answer)
  if (answer.ok && typeof refreshToken === 'string') return refreshToken
  if (answer.status === 400 && typeof error === 'string') throw new Error(error)
  throw new Error(`${endpoint} answered ${answer.status}: not a development issuer`)
}

/** The issuer judges names and values; here only text becomes numbers and lists. */
function requestFrom(flags: Flags): Record<keyof TokenOptions, unknown> {
  return {
    subject: flags.subject,
    tier: flags.tier,
    roles: listFrom(flags.roles),
    permissions: listFrom(flags.permissions),
    expiresInSeconds: numberFrom('--expires-in', flags['expires-in']),
    issuedAt: numberFrom('--issued-at', flags['issued-at']),
    notBefore: numberFrom('--not-before', flags['not-before']),
    audience: listFrom(flags.audience),
    alg: flags.alg,
    kid: flags.kid,
    typ: flags.typ,
    claims: flags.claims === undefined ? undefined : claimsFrom(String(flags.claims)),
  }
}

function listFrom(value: string | boolean | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? value.split(',').filter((word) => word !== '') : undefined
}

function numberFrom(flag: string, value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!/^-?\d+$/.test(String(value))) throw new Error(`${flag} takes whole seconds, not "${value}"`)
  return Number(value)
}

function claimsFrom(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    throw new Error('--claims takes a JSON object')
  }
}

type Fields = { readonly [name in 'token' | 'refreshToken' | 'error']?: unknown }

async function fieldsOf(answer: Response): Promise<Fields> {
  const body: unknown = await answer.json().catch(() => undefined)
  return typeof body === 'object' && body !== null ? body : {}
}
