import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { experimental_readRawConfig } from 'wrangler'
import type { Wrangler } from '../deploy/run-wrangler.ts'
import { OFTEN_SECRET, SECRETS } from '../deploy/secret-names.ts'
import { type Target, targetOf } from '../deploy/target.ts'
import { type SetSecrets, setSecrets } from '../deploy/worker-secrets.ts'
import { settingNames } from '../dev/given.ts'

export type Values = Readonly<Record<string, unknown>>

/** The worker that is looked at. */
export interface Patient {
  /** `local`, or the environment of wrangler.toml. */
  readonly environment: string
  /** Absent: it runs on this machine. */
  readonly deployed?: {
    readonly target: Target
    readonly secrets: SetSecrets
    /** Of the secrets' values, those that were found in this process's environment. */
    readonly inHand: readonly string[]
  }
  /** Every setting whose value is known here. */
  readonly values: Values
  /** Set on the worker, with a value that nobody tells. */
  readonly unseen: readonly string[]
}

/** From .dev.vars, as `wrangler dev` reads them. Undefined: there is no such file. */
export async function localPatient(): Promise<Patient | undefined> {
  const text = await readFile('.dev.vars', 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { vars = {} } = experimental_readRawConfig({}).rawConfig
  return { environment: 'local', values: { ...vars, ...parseEnv(text) }, unseen: [] }
}

/** From wrangler.toml, from the worker's own list of its secrets, and from `env` for their values. */
export async function deployedPatient(
  environment: string,
  wrangler: Wrangler,
  env: NodeJS.ProcessEnv,
): Promise<Patient> {
  const target = targetOf(environment)
  const secrets = await setSecrets(wrangler, environment)
  const set = secrets.kind === 'known' ? secrets.names : []
  const isSecret = (name: string) =>
    SECRETS.includes(name) || OFTEN_SECRET.includes(name) || set.includes(name)
  // What wrangler.toml says is what will be deployed, whatever stands in the environment here.
  const inHand = [...new Set([...settingNames, ...SECRETS, ...OFTEN_SECRET])].filter(
    (name) => isSecret(name) && target.variables[name] === undefined && env[name]?.trim(),
  )
  const found = Object.fromEntries(inHand.map((name) => [name, env[name]]))
  return {
    environment,
    deployed: { target, secrets, inHand },
    values: { ...target.variables, ...found },
    unseen: set.filter((name) => !inHand.includes(name)),
  }
}

/** As text, as the worker reads it; undefined where it is absent, empty, or not seen from here. */
export function settingOf(values: Values, name: string): string | undefined {
  const value = values[name]
  if (value === undefined) return undefined
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value)
  return text === '' ? undefined : text
}
