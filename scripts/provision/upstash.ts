import * as v from 'valibot'
import { beginningOf } from '../deploy/masked.ts'

/** Documented at upstash.com/docs/devops/developer-api. */
const API = 'https://api.upstash.com'
const TIMEOUT_MS = 60_000

export interface Account {
  readonly email: string
  readonly apiKey: string
  /** Elsewhere than at Upstash, for tests. */
  readonly api?: string | undefined
}

export interface Wanted {
  readonly name: string
  readonly platform: string
  readonly region: string
  readonly readRegions: readonly string[]
  readonly plan?: string | undefined
}

/** What the gateway needs to know of a database. */
export interface Database {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly region: string
  readonly readRegions: readonly string[]
  readonly eviction: boolean
}

export interface Credentials {
  readonly url: string
  readonly token: string
}

const Described = v.object({
  database_id: v.string(),
  database_name: v.string(),
  state: v.optional(v.string(), 'active'),
  primary_region: v.optional(v.string()),
  region: v.optional(v.string(), 'unknown'),
  read_regions: v.optional(v.nullable(v.array(v.string()))),
  eviction: v.optional(v.boolean(), false),
})
const Revealed = v.object({
  endpoint: v.pipe(v.string(), v.nonEmpty()),
  rest_token: v.pipe(v.string(), v.nonEmpty()),
})

export async function databases(account: Account): Promise<readonly Database[]> {
  const list = v.safeParse(v.array(Described), await ask(account, 'GET', '/v2/redis/databases'))
  if (!list.success) throw new Error('Upstash: the list of databases is not to be understood')
  return list.output.map(databaseFrom)
}

/** Never one of the same name as another: Upstash would make it all the same. */
export async function createDatabase(account: Account, wanted: Wanted): Promise<Database> {
  const described = v.safeParse(
    Described,
    await ask(account, 'POST', '/v2/redis/database', {
      database_name: wanted.name,
      platform: wanted.platform,
      primary_region: wanted.region,
      ...(wanted.readRegions.length > 0 && { read_regions: wanted.readRegions }),
      ...(wanted.plan && { plan: wanted.plan }),
      // A counter that is evicted is a limit that is forgotten.
      eviction: false,
      tls: true,
    }),
  )
  if (!described.success) {
    throw new Error(
      'Upstash: a database was created, and the answer is not to be understood; run this again',
    )
  }
  return databaseFrom(described.output)
}

export async function credentialsOf(account: Account, id: string): Promise<Credentials> {
  const path = `/v2/redis/database/${encodeURIComponent(id)}`
  const revealed = v.safeParse(Revealed, await ask(account, 'GET', path))
  if (!revealed.success)
    throw new Error('Upstash: the database has no REST token yet; run this again')
  const { endpoint, rest_token } = revealed.output
  // Documented as either: a whole host name, or its first label.
  const host = endpoint.includes('.') ? endpoint : `${endpoint}.upstash.io`
  return { url: `https://${host}`, token: rest_token }
}

function databaseFrom(described: v.InferOutput<typeof Described>): Database {
  return {
    id: described.database_id,
    name: described.database_name,
    state: described.state,
    region: described.primary_region ?? described.region,
    readRegions: described.read_regions ?? [],
    eviction: described.eviction,
  }
}

async function ask(
  account: Account,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const { email, apiKey, api = API } = account
  const response = await fetch(`${api}${path}`, {
    method,
    redirect: 'error',
    headers: {
      Authorization: `Basic ${Buffer.from(`${email}:${apiKey}`).toString('base64')}`,
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined)
  if (!response) throw new Error(`Upstash does not answer ${method} ${path}`)
  const text = await response.text().catch(() => '')
  if (response.status === 401 || response.status === 403) {
    throw new Error(
      'Upstash does not know UPSTASH_EMAIL and UPSTASH_API_KEY (Account > Management API)',
    )
  }
  if (!response.ok) {
    throw new Error(
      `Upstash answers ${method} ${path} with ${response.status}: ${beginningOf(text, 200)}`,
    )
  }
  return jsonFrom(text)
}

function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
