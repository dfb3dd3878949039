import * as v from 'valibot'
import type { Target } from '../deploy/target.ts'
import type { SetSecrets } from '../deploy/worker-secrets.ts'
import { type Finding, note, ok, problem } from './finding.ts'
import { reach } from './reach.ts'

/** As wrangler reads it. */
const API = 'https://api.cloudflare.com/client/v4'

const Verified = v.object({ result: v.object({ status: v.string() }) })

/** Whether the token is good, and what the worker's own answers tell of its rights. */
export async function checkCloudflare(
  target: Target,
  secrets: SetSecrets,
  env: NodeJS.ProcessEnv,
): Promise<readonly Finding[]> {
  return [...(await checkToken(target, env)), ...checkSecrets(target, secrets)]
}

async function checkToken(
  { accountId }: Target,
  env: NodeJS.ProcessEnv,
): Promise<readonly Finding[]> {
  const token = env.CLOUDFLARE_API_TOKEN
  if (!token) {
    return [
      note(
        'cloudflare',
        'CLOUDFLARE_API_TOKEN is not set: wrangler uses your own login',
        'npx wrangler whoami tells who you are there',
      ),
    ]
  }
  const api = env.CLOUDFLARE_API_BASE_URL ?? API
  const account = env.CLOUDFLARE_ACCOUNT_ID ?? accountId
  // A token belongs to a user or to an account, and each has a place of its own to ask.
  const places = ['/user', ...(account ? [`/accounts/${account}`] : [])]
  const answers = await Promise.all(
    places.map((place) => statusOf(`${api}${place}/tokens/verify`, token)),
  )
  if (answers.includes('active')) return [ok('cloudflare', 'the API token is active')]
  const [said] = answers.filter((answer) => answer !== 'refused')
  return [
    problem(
      'cloudflare',
      said ? `the API token: ${said}` : 'the API token is not known there',
      'make one at dash.cloudflare.com/profile/api-tokens from the template “Edit Cloudflare Workers”',
    ),
  ]
}

async function statusOf(url: string, token: string): Promise<string> {
  const reached = await reach(url, { headers: { Authorization: `Bearer ${token}` } })
  if (reached.kind === 'silent') return reached.reason
  const body = v.safeParse(Verified, await reached.response.json().catch(() => undefined))
  return body.success ? body.output.result.status : 'refused'
}

function checkSecrets(
  { environment, worker, variables }: Target,
  secrets: SetSecrets,
): readonly Finding[] {
  if (secrets.kind === 'no worker') {
    return [
      note(
        'cloudflare',
        `there is no worker ${worker} yet`,
        `npm run provision -- --env ${environment} --apply gives it its secrets, npm run deploy -- --env ${environment} its first version`,
      ),
    ]
  }
  if (secrets.kind === 'unknown') {
    return [
      problem(
        'cloudflare',
        `the worker’s secrets cannot be listed: ${secrets.reason}`,
        'npx wrangler login; or CLOUDFLARE_API_TOKEN with “Workers Scripts: Edit” on the account that CLOUDFLARE_ACCOUNT_ID names',
      ),
    ]
  }
  const twice = secrets.names.filter((name) => variables[name] !== undefined)
  return [
    ok('cloudflare', `${worker} is there, with ${secrets.names.length} secrets`),
    ...twice.map((name) =>
      problem(
        'cloudflare',
        `${name} is a secret of the worker and a variable in wrangler.toml: no version with both can be uploaded`,
        `take one away: npx wrangler secret delete ${name} --env ${environment}, or the line in wrangler.toml`,
      ),
    ),
  ]
}
