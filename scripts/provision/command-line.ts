import { parseArgs } from 'node:util'

export const help = `Usage: npm run -s provision -- --env staging|production [options]

Gives the worker of that environment its store and its secrets: an Upstash database, its address and
token, KEYS_SECRET, GATEWAY_SIGNING_KEY. Says what it would do; does it with --apply. What is there
already is found again and kept, so that it may be run as often as wanted.

  --apply                do it
  --region REGION        where the database's primary is, such as eu-central-1; for a new one required
  --read-regions A,B     its read replicas (none: docs/deploying.md tells why)
  --platform aws|gcp     whose regions those are (aws)
  --plan PLAN            free, payg or a fixed one (what the account has)
  --name NAME            the database's name (the worker's)
  --renew-store          sets the store's address and token anew, after its token was reset
  --without NAME         does not make that secret; may be repeated
  --as-version           sets the secrets on a new version that nobody meets until it is rolled out
  --json                 the plan for programs
  --help

UPSTASH_EMAIL and UPSTASH_API_KEY are those of Upstash's management API. They are not needed where
UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN of a database of yours stand in the environment.
TOKEN_CLIENT_SECRET, ALERT_WEBHOOK_URL, JWT_ISSUERS and the rest are set from there, too, where the
worker has none. Rights at Cloudflare are those of CLOUDFLARE_API_TOKEN, or of your wrangler login.`

export interface Command {
  readonly environment: string
  readonly apply: boolean
  readonly region?: string | undefined
  readonly readRegions: readonly string[]
  readonly platform: string
  readonly plan?: string | undefined
  readonly name?: string | undefined
  readonly renewStore: boolean
  readonly without: readonly string[]
  readonly asVersion: boolean
  readonly json: boolean
}

const text = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const

/** Undefined where help is asked for. Throws a sentence about what cannot be read. */
export function commandFrom(args: readonly string[]): Command | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      env: text,
      apply: flag,
      region: text,
      'read-regions': { ...text, default: '' },
      platform: { ...text, default: 'aws' },
      plan: text,
      name: text,
      'renew-store': flag,
      without: { ...text, multiple: true, default: [] },
      'as-version': flag,
      json: flag,
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return undefined
  if (!values.env) throw new Error('which environment? --env staging or --env production')
  if (!['aws', 'gcp'].includes(values.platform)) throw new Error('--platform takes aws or gcp')
  const { apply, region, platform, plan, name, without, json } = values
  return {
    ...{ environment: values.env, apply, region, platform, plan, name, without, json },
    readRegions: values['read-regions'].split(',').filter((place) => place !== ''),
    renewStore: values['renew-store'],
    asVersion: values['as-version'],
  }
}
