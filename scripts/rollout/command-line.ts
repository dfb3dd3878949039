import { parseArgs } from 'node:util'

export const help = `Usage: npm run -s rollout -- --env staging|production --url URL [options] [-- options of conform]

Uploads this working copy as a new version and gives it the requests step by step. At each step the
judge of npm run conform meets the new version, and then the share of failed requests (5xx) is
watched. Where either says no, the version before gets all requests back.

  --url URL            where the worker answers
  --version ID         one that was uploaded already, in place of a new one
  --shares A,B,100     the steps in percent (10,50,100); before the first, 0 % is judged
  --watch SECONDS      how long each step's requests are watched (300)
  --tolerance PERCENT  of the new version's requests, how many more than before may fail (2)
  --meet SECONDS       how long a deployment may take to be met at URL (60)
  --conform-only       does not watch: there is nobody to read the traffic
  --message TEXT       stands beside the version at Cloudflare
  --help

To read the traffic it needs an admin token: GATEWAY_ADMIN_TOKEN, or, to have them made by your
provider (OAuth client credentials): ADMIN_TOKEN_ENDPOINT, ADMIN_CLIENT_ID, ADMIN_CLIENT_SECRET and
ADMIN_AUDIENCE. The judge takes CONFORM_TOKEN and CONFORM_EXPIRED_TOKEN.

Exits with 0 when the new version has all requests, 1 when it has none, 2 when something is left to be
typed, which is the last thing that is said: the version before could not be given its requests back,
or the routes and schedules of the new one could not be applied.`

export interface Command {
  readonly environment: string
  readonly url: URL
  readonly version?: string | undefined
  readonly shares: readonly number[]
  readonly watchSeconds: number
  readonly meetSeconds: number
  /** Of 1. */
  readonly tolerance: number
  readonly conformOnly: boolean
  readonly message?: string | undefined
  readonly conform: readonly string[]
}

const text = { type: 'string' } as const

/** Undefined where help is asked for. Throws a sentence about what cannot be read. */
export function commandFrom(args: readonly string[]): Command | undefined {
  const end = args.indexOf('--')
  const own = end < 0 ? args : args.slice(0, end)
  const { values } = parseArgs({
    args: [...own],
    options: {
      env: text,
      url: text,
      version: text,
      shares: { ...text, default: '10,50,100' },
      watch: { ...text, default: '300' },
      meet: { ...text, default: '60' },
      tolerance: { ...text, default: '2' },
      'conform-only': { type: 'boolean', default: false },
      message: text,
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return undefined
  if (!values.env) throw new Error('which environment? --env staging or --env production')
  const url = URL.parse(values.url ?? '')
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new Error('--url takes the http(s) address where the worker answers')
  }
  const { version, message } = values
  return {
    ...{ environment: values.env, url, version, message },
    shares: sharesFrom(values.shares),
    watchSeconds: numberFrom('--watch', values.watch),
    meetSeconds: numberFrom('--meet', values.meet),
    tolerance: numberFrom('--tolerance', values.tolerance) / 100,
    conformOnly: values['conform-only'],
    conform: end < 0 ? [] : args.slice(end + 1),
  }
}

function sharesFrom(list: string): readonly number[] {
  const shares = list.split(',').map((share) => numberFrom('--shares', share))
  const rises = shares.every((share, i) => share > (shares[i - 1] ?? 0))
  if (!rises || shares.at(-1) !== 100) throw new Error('--shares rise, and end with 100')
  return shares
}

function numberFrom(name: string, value: string): number {
  if (!/^\d+(?:\.\d+)?$/.test(value)) throw new Error(`${name} takes a number, not "${value}"`)
  return Number(value)
}
