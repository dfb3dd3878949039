import { masked } from './deploy/masked.ts'
import { wranglerFor } from './deploy/run-wrangler.ts'
import { OFTEN_SECRET, SECRETS } from './deploy/secret-names.ts'
import { targetOf } from './deploy/target.ts'
import { setSecrets } from './deploy/worker-secrets.ts'
import { applyPlan } from './provision/apply.ts'
import { type Command, commandFrom, help } from './provision/command-line.ts'
import { planFor } from './provision/plan.ts'
import { toldPlan } from './provision/told.ts'
import { type Account, databases } from './provision/upstash.ts'

const { env } = process
const hidden = new Set(
  ['UPSTASH_API_KEY', 'CLOUDFLARE_API_TOKEN', ...SECRETS, ...OFTEN_SECRET].map((name) =>
    env[name]?.trim(),
  ),
)
const say = (line: string) => {
  process.stdout.write(`${masked(line, hidden)}\n`)
}

try {
  const command = commandFrom(process.argv.slice(2))
  if (command) await provision(command)
  else say(help)
} catch (error) {
  const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n')
  process.stderr.write(`provision: ${masked(reason, hidden)}\n`)
  process.exitCode = 1
}

async function provision(command: Command): Promise<void> {
  const { environment, apply, asVersion, json } = command
  const target = targetOf(environment)
  const wrangler = wranglerFor(env)
  const set = await setSecrets(wrangler, environment)
  const plan = await planFor(command, target, set, env, () => databases(account()))
  if (json) say(JSON.stringify({ environment, applied: apply, ...plan }, undefined, 2))
  else for (const line of toldPlan(target, plan)) say(line)
  const tell = json ? () => undefined : say
  if (!apply) return tell('\nThis is what would be done. Do it with --apply.')
  const hide = (secret: string) => hidden.add(secret)
  const version = await applyPlan(plan, {
    environment,
    asVersion,
    wrangler,
    account,
    env,
    say: tell,
    hide,
  })
  tell(
    version
      ? `\nVersion ${version} holds them: npm run rollout -- --env ${environment} --version ${version} --url …`
      : `\nSee whether all is well: npm run doctor -- --env ${environment}`,
  )
}

/** `UPSTASH_API_URL` is for tests. */
function account(): Account {
  const { UPSTASH_EMAIL: email, UPSTASH_API_KEY: apiKey, UPSTASH_API_URL: api } = env
  if (!email || !apiKey) {
    throw new Error(
      'UPSTASH_EMAIL and UPSTASH_API_KEY are needed to make or find the database, or UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN of one of yours',
    )
  }
  return { email, apiKey, api }
}
