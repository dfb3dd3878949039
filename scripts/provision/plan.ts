import { randomBytes } from 'node:crypto'
import { OFTEN_SECRET, SECRETS } from '../deploy/secret-names.ts'
import type { Target } from '../deploy/target.ts'
import type { SetSecrets } from '../deploy/worker-secrets.ts'
import { newSigningKey } from '../signing-key.ts'
import type { Command } from './command-line.ts'
import type { Database, Wanted } from './upstash.ts'

export const STORE = ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'] as const

/** Secrets of the gateway's own, which nobody else has to know. */
const MADE: Readonly<Record<string, () => string>> = {
  KEYS_SECRET: () => randomBytes(32).toString('hex'),
  GATEWAY_SIGNING_KEY: newSigningKey,
}

export type Step =
  | { readonly kind: 'keep'; readonly name: string }
  | {
      readonly kind: 'set'
      readonly name: string
      readonly from: 'upstash' | 'environment' | 'made'
    }

export type StorePlan =
  | { readonly kind: 'not needed' }
  | { readonly kind: 'found'; readonly database: Database }
  | { readonly kind: 'create'; readonly wanted: Wanted }

export interface Plan {
  readonly store: StorePlan
  readonly secrets: readonly Step[]
}

/** What is to be done. Asks Upstash only where the store's secrets must come from there. */
export async function planFor(
  command: Command,
  target: Target,
  set: SetSecrets,
  env: NodeJS.ProcessEnv,
  databases: () => Promise<readonly Database[]>,
): Promise<Plan> {
  const secrets = secretsFor(command, target, namesOf(set), env)
  const asksUpstash = secrets.some((step) => step.kind === 'set' && step.from === 'upstash')
  if (!asksUpstash) return { store: { kind: 'not needed' }, secrets }
  return { store: storeFrom(await databases(), command, target), secrets }
}

/** A list that cannot be had might hold what would be overwritten. */
function namesOf(set: SetSecrets): readonly string[] {
  if (set.kind === 'unknown')
    throw new Error(
      `the worker's secrets cannot be listed: ${set.reason}; npx wrangler login, or a CLOUDFLARE_API_TOKEN that may`,
    )
  return set.kind === 'known' ? set.names : []
}

function secretsFor(
  { renewStore, without }: Command,
  { variables }: Target,
  set: readonly string[],
  env: NodeJS.ProcessEnv,
): readonly Step[] {
  const inHand = (name: string) => Boolean(env[name]?.trim())
  const storeFrom = STORE.every(inHand) ? 'environment' : 'upstash'
  // One of the two alone would be the address of one database and the token of another.
  const keepsStore = !renewStore && STORE.every((name) => set.includes(name))
  const store = STORE.map(
    (name): Step => (keepsStore ? { kind: 'keep', name } : { kind: 'set', name, from: storeFrom }),
  )
  const others = [...SECRETS, ...OFTEN_SECRET]
    .filter((name) => !STORE.some((own) => own === name))
    .filter((name) => variables[name] === undefined && !without.includes(name))
    .flatMap((name): Step[] => {
      if (set.includes(name)) return [{ kind: 'keep', name }]
      if (inHand(name)) return [{ kind: 'set', name, from: 'environment' }]
      return MADE[name] ? [{ kind: 'set', name, from: 'made' }] : []
    })
  return [...store, ...others]
}

function storeFrom(
  databases: readonly Database[],
  { name, region, readRegions, platform, plan }: Command,
  { worker }: Target,
): StorePlan {
  const wantedName = name ?? worker
  const [found, another] = databases.filter((database) => database.name === wantedName)
  if (another)
    throw new Error(`Upstash has several databases named ${wantedName}: say which by --name`)
  if (found) return { kind: 'found', database: found }
  if (!region) {
    throw new Error('where shall the database be? --region eu-central-1, say: near the upstream')
  }
  return { kind: 'create', wanted: { name: wantedName, region, readRegions, platform, plan } }
}

export function makeSecret(name: string): string {
  const make = MADE[name]
  if (!make) throw new Error(`nobody makes ${name}`)
  return make()
}
