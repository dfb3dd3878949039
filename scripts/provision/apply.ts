import { complaintOf, type Wrangler } from '../deploy/run-wrangler.ts'
import { makeSecret, type Plan, STORE, type StorePlan } from './plan.ts'
import { type Account, createDatabase, credentialsOf } from './upstash.ts'

/** Cloudflare's word for it: a secret would be put on a version that was never deployed. */
const UNDEPLOYED = /1021[54]|not currently deployed|versions secret/

interface Tools {
  readonly environment: string
  readonly asVersion: boolean
  readonly wrangler: Wrangler
  readonly account: () => Account
  readonly env: NodeJS.ProcessEnv
  readonly say: (line: string) => void
  /** Told of each secret before it can be printed by anything. */
  readonly hide: (secret: string) => void
}

/** Does what the plan says; all secrets in one call, so that no version has half of them. Answers that version, if it is new. */
export async function applyPlan(
  { store, secrets }: Plan,
  tools: Tools,
): Promise<string | undefined> {
  const { env, hide, say } = tools
  const credentials = await storeSecrets(store, tools)
  const values: Record<string, string> = {}
  for (const step of secrets) {
    if (step.kind === 'keep') continue
    const value =
      step.from === 'upstash'
        ? credentials[step.name]
        : step.from === 'environment'
          ? env[step.name]?.trim()
          : makeSecret(step.name)
    if (!value) throw new Error(`there is no value for ${step.name}`)
    hide(value)
    values[step.name] = value
  }
  const names = Object.keys(values)
  if (names.length === 0) {
    say('nothing to set')
    return undefined
  }
  const version = await setAll(values, tools)
  say(`done    ${names.join(', ')}`)
  return version
}

async function storeSecrets(
  store: StorePlan,
  { account, say, hide }: Tools,
): Promise<Readonly<Record<string, string>>> {
  if (store.kind === 'not needed') return {}
  const at = account()
  const database = store.kind === 'found' ? store.database : await createDatabase(at, store.wanted)
  if (store.kind === 'create') say(`done    database ${database.name} (${database.id})`)
  const { url, token } = await credentialsOf(at, database.id)
  hide(token)
  const [addressName, tokenName] = STORE
  return { [addressName]: url, [tokenName]: token }
}

async function setAll(
  values: Readonly<Record<string, string>>,
  tools: Tools,
): Promise<string | undefined> {
  const { environment, asVersion, wrangler } = tools
  const command = [...(asVersion ? ['versions'] : []), 'secret', 'bulk', '--env', environment]
  const ran = await wrangler(command, { input: JSON.stringify(values) })
  if (ran.code === 0) return /Created version ([\w-]+)/.exec(ran.stdout)?.[1]
  const hint =
    !asVersion && UNDEPLOYED.test(`${ran.stdout}${ran.stderr}`)
      ? '; its last version is not deployed: roll that out first, or add --as-version'
      : ''
  throw new Error(`the secrets are not set: ${complaintOf(ran)}${hint}`)
}
