import { parseArgs } from 'node:util'
import { mintAt } from './mint.ts'
import { DEFAULTS, type Options } from './options.ts'

export const help = `Usage: npm run -s conform -- URL [options]

Judges a running gateway or API against the error contract, from outside: it sends good and hostile
requests to URL and tells of each clause whether it held. It changes nothing there: what it posts is
broken, empty or unknown to everybody.

  --open PATH          a path that everybody may GET (${DEFAULTS.open})
  --guarded PATH       a path that demands a token and may be asked with GET (${DEFAULTS.guarded})
  --refresh PATH       where tokens are refreshed (${DEFAULTS.refresh})
  --also PATH          one more to GET, with the token: one that fails, say; may be repeated
  --token JWT          a good token; else the variable CONFORM_TOKEN
  --expired-token JWT  one that was good; else the variable CONFORM_EXPIRED_TOKEN
  --issuer URL         a development issuer, which mints both and one for another audience
  --origin ORIGIN      one whose pages may call the API from a browser
  --plain URL          where the API is asked over plain HTTP (port 80 of an https host)
  --max-body BYTES     what the API takes at most (${DEFAULTS.maxBodyBytes}); 0 to send no large body
  --flood N            consent to a flood: up to N requests in turn, to the guarded path where there
                       is a token, else to the open one. Whoever shares the limit is refused with it.
  --wait SECONDS       how long it may wait for a refused flood to be admitted (${DEFAULTS.waitSeconds})
  --header 'NAME: TEXT' goes with every request; may be repeated
  --json               the report for programs
  --junit FILE         writes it as JUnit XML too; - for standard output, in place of the text
  --help

Exits with 0 when nothing is broken, 1 when something is, 2 when nothing could be judged.`

export interface Command {
  readonly options: Options
  readonly json: boolean
  readonly junit?: string | undefined
}

const text = { type: 'string' } as const

/** Undefined where help is asked for. Throws a sentence about what cannot be read. */
export async function commandFrom(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Command | undefined> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      open: { ...text, default: DEFAULTS.open },
      guarded: { ...text, default: DEFAULTS.guarded },
      refresh: { ...text, default: DEFAULTS.refresh },
      also: { ...text, multiple: true, default: [] },
      token: text,
      'expired-token': text,
      issuer: text,
      origin: text,
      plain: text,
      'max-body': { ...text, default: String(DEFAULTS.maxBodyBytes) },
      flood: { ...text, default: String(DEFAULTS.floodRequests) },
      wait: { ...text, default: String(DEFAULTS.waitSeconds) },
      header: { ...text, multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      junit: text,
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return undefined
  const [address, ...more] = positionals
  if (address === undefined || more.length > 0) throw new Error('give one URL')

  const { open, guarded, refresh, also, origin, junit, json } = values
  for (const path of [open, guarded, refresh, ...also]) {
    if (!path.startsWith('/')) throw new Error(`a path begins with a slash, unlike "${path}"`)
  }
  const maxBodyBytes = numberFrom('--max-body', values['max-body'])
  const floodRequests = numberFrom('--flood', values.flood)
  const waitSeconds = numberFrom('--wait', values.wait)
  const url = urlFrom('URL', address)
  const plain = values.plain === undefined ? undefined : urlFrom('--plain', values.plain)
  const issuer = values.issuer === undefined ? undefined : urlFrom('--issuer', values.issuer)
  const minted = issuer && (await mintAt(issuer))
  const token = values.token ?? env.CONFORM_TOKEN
  const expiredToken = values['expired-token'] ?? env.CONFORM_EXPIRED_TOKEN
  const options: Options = {
    ...{ url, open, guarded, refresh, also, maxBodyBytes, floodRequests, waitSeconds },
    headers: Object.fromEntries(values.header.map(headerFrom)),
    ...minted,
    ...(token && { token }),
    ...(expiredToken && { expiredToken }),
    ...(origin && { origin }),
    ...(plain && { plain }),
  }
  return { options, json, junit }
}

function headerFrom(line: string): readonly [string, string] {
  const [, name = '', value = ''] = /^([\w!#$%&'*+.^`|~-]+):\s*(.+)$/.exec(line) ?? []
  if (name === '') throw new Error(`--header takes 'Name: text', not "${line}"`)
  return [name, value]
}

function urlFrom(name: string, address: string): URL {
  const url = URL.parse(address)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error(`${name} takes an http or https URL, not "${address}"`)
  }
  return url
}

function numberFrom(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new Error(`${name} takes a whole number, not "${value}"`)
  return Number(value)
}
