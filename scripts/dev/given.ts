import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'

export type Settings = Readonly<Record<string, string>>

/** Everything the worker reads; a variable of the environment is passed on only when it is named here. */
export const settingNames = [
  'GATEWAY_ENV',
  'UPSTREAM_URL',
  'UPSTREAM_FALLBACK_URL',
  'UPSTASH_REDIS_REST_URL',
  'UPSTASH_REDIS_REST_TOKEN',
  'JWT_ISSUERS',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWT_JWKS_URL',
  'GATEWAY_SIGNING_KEY',
  'KEYS_SECRET',
  'ALERT_WEBHOOK_URL',
  'TOKEN_ENDPOINT',
  'TOKEN_CLIENT_ID',
  'TOKEN_CLIENT_SECRET',
  'CORS_ORIGINS',
  'REQUIRE_HTTPS',
  'LIMITS',
  'ROUTES',
  'MAX_BODY_BYTES',
  'UPSTREAM_TIMEOUT_MS',
  'STORE_TIMEOUT_MS',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
] as const

/** The settings that describe one part of the world outside, its address first. */
const parts = [
  ['UPSTREAM_URL'],
  ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'],
  ['JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_JWKS_URL'],
  ['TOKEN_ENDPOINT', 'TOKEN_CLIENT_ID', 'TOKEN_CLIENT_SECRET'],
] as const

/** The developer's own settings: those of the environment, then those of `.dev.vars`. */
export async function givenSettings(folder: URL, environment = process.env): Promise<Settings> {
  const example = await variablesIn(new URL('.dev.vars.example', folder))
  const local = await variablesIn(new URL('.dev.vars', folder))
  // What the example names is what runs here, wherever it runs this time: nothing real.
  const exemplary: readonly string[] = parts
    .filter(([address]) => local[address] === example[address])
    .flat()
  const own = Object.entries(local).filter(([name]) => !exemplary.includes(name))
  const exported = settingNames.map((name) => [name, environment[name]] as const)
  return { ...withText(own), ...withText(exported) }
}

async function variablesIn(file: URL): Promise<NodeJS.Dict<string>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return parseEnv(text)
}

/** As in the worker, a variable without text counts as absent. */
function withText(entries: readonly (readonly [string, string | undefined])[]): Settings {
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  )
}
