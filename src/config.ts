import * as v from 'valibot'
import type { Collector } from './policy/collector.ts'
import type { Issuer } from './policy/issuer.ts'
import { LIMITS } from './policy/limits.ts'
import type { OriginRule } from './policy/origins.ts'
import type { OwnKeys } from './policy/own-keys.ts'
import { compileRoutes, type RouteTable } from './policy/route-table.ts'
import { DOCUMENT_ROUTES, OWN_ROUTES, REFRESH_ROUTES, ROUTES } from './policy/routes.ts'
import type { TokenEndpoint } from './policy/token-endpoint.ts'
import { type Limits, limitsFrom } from './policy/windows.ts'
import { collectorFrom, collectorHeaders, collectorProblems } from './settings/collector.ts'
import { costProblems } from './settings/costs.ts'
import { audienceSetting, issuersSetting, singleIssuer } from './settings/issuers.ts'
import { wholeNumber } from './settings/json.ts'
import { limitsSetting } from './settings/limits.ts'
import { originsSetting } from './settings/origins.ts'
import { ownKeysSetting } from './settings/own-keys.ts'
import { routesSetting } from './settings/routes.ts'
import { endpointUrl, tokenEndpointFrom, tokenEndpointProblems } from './settings/token-endpoint.ts'
import { baseUrl, keyUrl } from './settings/urls.ts'
import type { HttpsRule } from './steps/require-https.ts'

export interface Config {
  readonly environment: string
  readonly upstream: URL
  /** Asked instead, by methods that change nothing, while the upstream is left alone. */
  readonly fallback: URL | undefined
  readonly store: { readonly url: string; readonly token: string; readonly timeoutMs: number }
  readonly issuers: readonly Issuer[]
  /** Undefined: the upstream is sent no assertion. */
  readonly ownKeys: OwnKeys | undefined
  /** Without it the store keeps no copies of signing keys. */
  readonly keysSecret: string | undefined
  /** Whom anomalies are told to. The address is a secret. */
  readonly alertWebhook: string | undefined
  /** Undefined: the refresh of a token is forwarded. */
  readonly tokenEndpoint: TokenEndpoint | undefined
  readonly allowsOrigin: OriginRule
  readonly httpsRule: HttpsRule
  readonly limits: Limits
  readonly routes: RouteTable
  readonly maxBodyBytes: number
  readonly upstreamTimeoutMs: number
  /** Undefined: nobody is told of traces. */
  readonly collector: Collector | undefined
}

/** The part of the configuration that every answer needs. */
export type FrameSettings = Pick<
  Config,
  'environment' | 'limits' | 'routes' | 'allowsOrigin' | 'collector'
>

/** What is left to go on when the settings cannot be read. */
export function bareFrame(): FrameSettings {
  return {
    environment: 'misconfigured',
    limits: limitsFrom(LIMITS),
    routes: compileRoutes(OWN_ROUTES),
    allowsOrigin: () => false,
    collector: undefined,
  }
}

export type ConfigOutcome =
  | { readonly valid: true; readonly config: Config }
  /** Everything that is wrong, a sentence each; without the settings' values, which may be secret. */
  | { readonly valid: false; readonly problems: readonly string[] }

const Settings = v.object({
  GATEWAY_ENV: v.optional(v.picklist(['local', 'staging', 'production']), 'local'),
  UPSTREAM_URL: baseUrl,
  UPSTREAM_FALLBACK_URL: v.optional(baseUrl),
  UPSTASH_REDIS_REST_URL: baseUrl,
  UPSTASH_REDIS_REST_TOKEN: v.string(),
  JWT_ISSUERS: v.optional(issuersSetting),
  JWT_ISSUER: v.optional(keyUrl),
  JWT_AUDIENCE: v.optional(audienceSetting),
  JWT_JWKS_URL: v.optional(keyUrl),
  GATEWAY_SIGNING_KEY: v.optional(ownKeysSetting),
  KEYS_SECRET: v.optional(v.pipe(v.string(), v.minLength(32, 'must have at least 32 characters'))),
  ALERT_WEBHOOK_URL: v.optional(endpointUrl),
  TOKEN_ENDPOINT: v.optional(endpointUrl),
  TOKEN_CLIENT_ID: v.optional(v.string()),
  TOKEN_CLIENT_SECRET: v.optional(v.string()),
  CORS_ORIGINS: v.optional(originsSetting),
  REQUIRE_HTTPS: v.optional(v.picklist(['auto', 'always', 'never']), 'auto'),
  LIMITS: v.optional(limitsSetting),
  ROUTES: v.optional(routesSetting),
  MAX_BODY_BYTES: v.optional(wholeNumber, '10485760'),
  UPSTREAM_TIMEOUT_MS: v.optional(wholeNumber, '30000'),
  STORE_TIMEOUT_MS: v.optional(wholeNumber, '1000'),
  OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(keyUrl),
  OTEL_EXPORTER_OTLP_HEADERS: v.optional(collectorHeaders),
})

type Settings = v.InferOutput<typeof Settings>

/** Reads the settings; a variable without text counts as absent. */
export function configFrom(env: object): ConfigOutcome {
  const texts = Object.entries(env).map(([name, value]) => [name, textOf(value)] as const)
  const given = Object.fromEntries(texts.filter(([, text]) => text !== ''))
  const parsed = v.safeParse(Settings, given)
  const problems = [
    ...(parsed.issues ?? []).map(sentenceOf),
    ...issuerProblems(given),
    ...tokenEndpointProblems(given),
    ...collectorProblems(given),
    ...(parsed.success ? costProblems(parsed.output.ROUTES, parsed.output.LIMITS) : []),
  ]
  return parsed.success && problems.length === 0
    ? { valid: true, config: configOf(parsed.output) }
    : { valid: false, problems }
}

function configOf(settings: Settings): Config {
  const issuers = settings.JWT_ISSUERS ?? [
    singleIssuer(settings.JWT_ISSUER ?? '', settings.JWT_AUDIENCE ?? [], settings.JWT_JWKS_URL),
  ]
  const tokenEndpoint = tokenEndpointFrom(settings, issuers)
  return {
    environment: settings.GATEWAY_ENV,
    upstream: new URL(settings.UPSTREAM_URL),
    fallback: settings.UPSTREAM_FALLBACK_URL ? new URL(settings.UPSTREAM_FALLBACK_URL) : undefined,
    store: {
      url: settings.UPSTASH_REDIS_REST_URL,
      token: settings.UPSTASH_REDIS_REST_TOKEN,
      timeoutMs: settings.STORE_TIMEOUT_MS,
    },
    issuers,
    tokenEndpoint,
    ownKeys: settings.GATEWAY_SIGNING_KEY,
    keysSecret: settings.KEYS_SECRET,
    alertWebhook: settings.ALERT_WEBHOOK_URL,
    allowsOrigin: settings.CORS_ORIGINS ?? (() => false),
    httpsRule: settings.REQUIRE_HTTPS,
    limits: limitsFrom(settings.LIMITS ?? LIMITS),
    routes: compileRoutes([
      ...OWN_ROUTES,
      ...(tokenEndpoint ? REFRESH_ROUTES : []),
      ...(settings.ROUTES ?? [...DOCUMENT_ROUTES, ...ROUTES]),
    ]),
    maxBodyBytes: settings.MAX_BODY_BYTES,
    upstreamTimeoutMs: settings.UPSTREAM_TIMEOUT_MS,
    collector: collectorFrom(
      settings.OTEL_EXPORTER_OTLP_ENDPOINT,
      settings.OTEL_EXPORTER_OTLP_HEADERS,
    ),
  }
}

function issuerProblems(given: Readonly<Record<string, string>>): string[] {
  const { JWT_ISSUERS, JWT_ISSUER, JWT_AUDIENCE } = given
  if (JWT_ISSUERS) {
    const single = ['JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_JWKS_URL']
    return single
      .filter((name) => given[name])
      .map((name) => `JWT_ISSUERS and ${name} exclude each other`)
  }
  if (!JWT_ISSUER) return ['JWT_ISSUERS or JWT_ISSUER is required']
  return JWT_AUDIENCE ? [] : ['JWT_AUDIENCE is required beside JWT_ISSUER']
}

/** Variables in wrangler.toml may be numbers or tables; both are read as if they were written as text. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : (JSON.stringify(value) ?? '')
}

/** The issue's own text may quote the value; ours names the place and what is asked there. */
function sentenceOf(issue: v.BaseIssue<unknown>): string {
  const place = (issue.path ?? []).map(({ key }) => String(key)).join('.')
  if (issue.kind === 'validation' || issue.kind === 'transformation') {
    return `${place}: ${issue.message}`
  }
  if (issue.expected === 'never') return `${place}: unknown name`
  const missing = issue.received === 'undefined' || (issue.path?.at(-1)?.value ?? null) === null
  return missing
    ? `${place} is required`
    : `${place}: must be ${issue.expected ?? 'of another kind'}`
}
