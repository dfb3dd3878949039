import { parseArgs } from 'node:util'
import { masked } from './deploy/masked.ts'
import { wranglerFor } from './deploy/run-wrangler.ts'
import { OFTEN_SECRET, SECRETS } from './deploy/secret-names.ts'
import { checkCloudflare } from './doctor/cloudflare.ts'
import { type Finding, note, problem } from './doctor/finding.ts'
import { checkIssuers } from './doctor/issuers.ts'
import { deployedPatient, localPatient, type Patient, settingOf } from './doctor/patient.ts'
import { countOf, jsonOf, textOf } from './doctor/report.ts'
import { judgeSettings } from './doctor/settings.ts'
import { checkStore } from './doctor/store.ts'
import { checkUpstreams } from './doctor/upstream.ts'
import { checkWebhook } from './doctor/webhook.ts'

const help = `Usage: npm run -s doctor [-- --env staging|production] [--json]

Looks at everything that a deployment needs, and says what is wrong and what to do about it.
It changes nothing; the store gets one key that lasts a second.

  --env NAME   an environment of wrangler.toml; without it what .dev.vars says of this machine
  --json       the findings for programs
  --help

The values of a worker's secrets are told to nobody. To have the store tried, put UPSTASH_REDIS_REST_URL
and UPSTASH_REDIS_REST_TOKEN into the environment of this command; so with the others. Rights are those
of CLOUDFLARE_API_TOKEN, or of whoever is logged in with wrangler.

Exits with 0 when nothing stands in the way of a deployment, 1 when something does.`

const nothingLocal = problem(
  'settings',
  'there is no .dev.vars',
  'cp .dev.vars.example .dev.vars; or say which worker: -- --env staging',
)

const ofThisCommand = ['CLOUDFLARE_API_TOKEN', ...SECRETS, ...OFTEN_SECRET].map((name) =>
  process.env[name]?.trim(),
)

try {
  process.exitCode = await main()
} catch (error) {
  const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n')
  process.stderr.write(`doctor: ${masked(reason, ofThisCommand)}\n`)
  process.exitCode = 1
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      env: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    process.stdout.write(`${help}\n`)
    return 0
  }
  const environment = values.env ?? 'local'
  const patient = values.env
    ? await deployedPatient(values.env, wranglerFor(process.env), process.env)
    : await localPatient()
  const findings = patient ? await examine(patient) : [nothingLocal]
  const report = (values.json ? jsonOf : textOf)(environment, findings)
  const secrets = [...SECRETS, ...OFTEN_SECRET].map(
    (name) => patient && settingOf(patient.values, name),
  )
  process.stdout.write(`${masked(report, [...secrets, ...ofThisCommand])}\n`)
  return countOf(findings) === 0 ? 0 : 1
}

/** From the inside to the outside; all that is outside at once. */
async function examine(patient: Patient): Promise<readonly Finding[]> {
  const { deployed, values } = patient
  const { findings, config } = judgeSettings(patient)
  const outside = await Promise.all([
    checkUpstreams(values),
    checkStore(values),
    config ? checkIssuers(config) : [note('issuer', 'not asked before the settings can be read')],
    checkWebhook(patient),
    deployed ? checkCloudflare(deployed.target, deployed.secrets, process.env) : [],
  ])
  return [...findings, ...outside.flat()]
}
