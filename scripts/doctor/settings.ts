import { type Config, configFrom } from '../../src/config.ts'
import { SECRETS } from '../deploy/secret-names.ts'
import { newSigningKey } from '../signing-key.ts'
import { type Finding, note, ok, problem } from './finding.ts'
import { type Patient, settingOf } from './patient.ts'

/** Good values in place of those that are set and not seen, so that all the others can be judged. */
const STAND_INS: Readonly<Record<string, () => string>> = {
  UPSTREAM_URL: () => 'https://unseen.invalid',
  UPSTREAM_FALLBACK_URL: () => 'https://unseen.invalid',
  UPSTASH_REDIS_REST_URL: () => 'https://unseen.invalid',
  UPSTASH_REDIS_REST_TOKEN: () => 'unseen',
  KEYS_SECRET: () => 'unseen'.repeat(6),
  GATEWAY_SIGNING_KEY: newSigningKey,
  TOKEN_ENDPOINT: () => 'https://unseen.invalid/token',
  TOKEN_CLIENT_ID: () => 'unseen',
  TOKEN_CLIENT_SECRET: () => 'unseen',
  JWT_ISSUER: () => 'https://unseen.invalid/',
  JWT_AUDIENCE: () => 'unseen',
  JWT_ISSUERS: () => JSON.stringify([{ issuer: 'https://unseen.invalid/', audience: 'unseen' }]),
}

/** Reserved by RFC 2606 for texts like the one that they were copied from. */
const PLACEHOLDER = /(?:^|[/@.])example\.(?:com|net|org)(?![\w.-])|\.example(?![\w.-])/

export interface Judged {
  readonly findings: readonly Finding[]
  /** Undefined: the worker would answer CONFIGURATION_ERROR to everything. */
  readonly config?: Config
}

/** Whether the worker could read its settings, and whether they are its own. */
export function judgeSettings(patient: Patient): Judged {
  const { values, unseen } = patient
  const taken = takenForSet(patient)
  const standIns = Object.fromEntries(
    [...unseen, ...taken].flatMap((name) => {
      const make = STAND_INS[name]
      return make ? [[name, make()]] : []
    }),
  )
  const outcome = configFrom({ ...standIns, ...values })
  const findings = [
    ...(outcome.valid
      ? [ok('settings', 'the worker can read them, as far as they are seen from here')]
      : outcome.problems.map((sentence) =>
          problem('settings', sentence, remedy(sentence, patient)),
        )),
    ...(unseen.length > 0
      ? [
          note(
            'settings',
            `set, and not judged, for their values are told to nobody: ${unseen.join(', ')}`,
            'to have them judged and tried, put their values into the environment of this command',
          ),
        ]
      : []),
    ...(taken.length > 0
      ? [
          note(
            'settings',
            `whether ${taken.join(', ')} are set cannot be seen without the list of secrets`,
            `npm run provision -- --env ${patient.environment} sets them`,
          ),
        ]
      : []),
    ...placeholders(patient),
    ...environmentName(patient),
    ...advice(patient),
  ]
  return { findings, ...(outcome.valid && { config: outcome.config }) }
}

/** Where the list of secrets cannot be had, that is the problem, and none of those that may be in it. */
function takenForSet({ deployed, values }: Patient): readonly string[] {
  if (deployed?.secrets.kind !== 'unknown') return []
  return ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'].filter((name) => !(name in values))
}

export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text)
}

function placeholders({ environment, deployed, values }: Patient): readonly Finding[] {
  if (!deployed) return []
  return Object.keys(values)
    .filter((name) => isPlaceholder(settingOf(values, name) ?? ''))
    .map((name) =>
      problem(
        'settings',
        `${name} is still an example`,
        deployed.inHand.includes(name)
          ? `give ${name} its real value in the environment of this command`
          : `write your own into [env.${environment}.vars] of wrangler.toml`,
      ),
    )
}

function environmentName({ environment, deployed, values }: Patient): readonly Finding[] {
  const name = settingOf(values, 'GATEWAY_ENV') ?? 'local'
  if (!deployed || name === environment) return []
  return [
    problem(
      'settings',
      `GATEWAY_ENV says ${name}: log and console would name the wrong place`,
      `GATEWAY_ENV = "${environment}" in [env.${environment}.vars] of wrangler.toml`,
    ),
  ]
}

function advice({ environment, deployed, values, unseen }: Patient): readonly Finding[] {
  if (!deployed) return []
  const upstream = settingOf(values, 'UPSTREAM_URL') ?? ''
  return [
    ...(settingOf(values, 'REQUIRE_HTTPS') === 'never'
      ? [note('settings', 'REQUIRE_HTTPS is never: tokens may travel in the clear')]
      : []),
    ...(upstream.startsWith('http:')
      ? [note('settings', 'UPSTREAM_URL is plain http: tokens travel to the upstream in the clear')]
      : []),
    ...(settingOf(values, 'KEYS_SECRET') ||
    unseen.includes('KEYS_SECRET') ||
    deployed.secrets.kind === 'unknown'
      ? []
      : [
          note(
            'settings',
            'without KEYS_SECRET an isolate that starts while the issuer is away verifies no token',
            `npm run provision -- --env ${environment}`,
          ),
        ]),
  ]
}

/** Where the setting that the sentence begins with is written. */
function remedy(sentence: string, { environment, deployed }: Patient): string {
  if (!deployed) return 'write it into .dev.vars; .dev.vars.example tells how'
  const [name = ''] = sentence.match(/[A-Z][A-Z_]+/) ?? []
  return SECRETS.includes(name) || name === 'UPSTASH_REDIS_REST_URL'
    ? `npm run provision -- --env ${environment}, or npx wrangler secret put ${name} --env ${environment}`
    : `write it into [env.${environment}.vars] of wrangler.toml; README.md tells what it takes`
}
