import { masked } from './deploy/masked.ts'
import { wranglerFor } from './deploy/run-wrangler.ts'
import { OFTEN_SECRET, SECRETS } from './deploy/secret-names.ts'
import { targetOf } from './deploy/target.ts'
import { type AdminToken, adminTokenFrom } from './rollout/admin-token.ts'
import { type Command, commandFrom, help } from './rollout/command-line.ts'
import { complaintAt } from './rollout/complaints.ts'
import type { Reading } from './rollout/error-rate.ts'
import { readingOf, trafficAt } from './rollout/gateway.ts'
import { rollOut } from './rollout/roll-out.ts'
import { type Versions, versionsOf } from './rollout/versions.ts'

const { env } = process
const secrets = [
  'CLOUDFLARE_API_TOKEN',
  'GATEWAY_ADMIN_TOKEN',
  'ADMIN_CLIENT_SECRET',
  ...SECRETS,
  ...OFTEN_SECRET,
  'CONFORM_TOKEN',
  'CONFORM_EXPIRED_TOKEN',
].map((name) => env[name]?.trim())
const EXIT = { 'rolled out': 0, 'rolled back': 1, stuck: 2 } as const

const say = (line: string) => {
  process.stdout.write(`${masked(line, secrets)}\n`)
}

try {
  const command = commandFrom(process.argv.slice(2))
  if (command) process.exitCode = await main(command)
  else say(help)
} catch (error) {
  const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n')
  process.stderr.write(`rollout: ${masked(reason, secrets)}\n`)
  process.exitCode = 1
}
// Nothing is left to be done, whatever connection is still open.
process.exit()

async function main(command: Command): Promise<number> {
  const { environment, url, conformOnly, shares, message = 'npm run rollout' } = command
  const { worker } = targetOf(environment)
  const versions = versionsOf(environment, wranglerFor(env))
  const token = conformOnly ? undefined : neededToken()
  // Whatever cannot be read now could not be judged later, and nothing has happened yet.
  const usual = await usualAt(url, token)
  const before = await versionBefore(versions)
  const next = command.version ?? (await versions.upload(message))
  if (next === before) throw new Error(`version ${next} has all requests already`)
  say(`version ${next} follows ${before} at ${url.origin}`)

  const watched = { command, worker, before, next, token, usual, signal: interruption(), say }
  const outcome = await rollOut({
    ...{ environment, versions, before, next, say },
    shares: [0, ...shares],
    complaint: (percentage) => complaintAt(watched, percentage),
  })
  if (outcome !== 'rolled out') return EXIT[outcome]
  say(`version ${next} has all requests`)
  return applyTriggers(versions, environment)
}

async function applyTriggers(versions: Versions, environment: string): Promise<number> {
  try {
    await versions.applyTriggers()
    return EXIT['rolled out']
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    say(`its routes and schedules are as before: npx wrangler triggers deploy --env ${environment}`)
    return EXIT.stuck
  }
}

function neededToken(): AdminToken {
  const token = adminTokenFrom(env)
  if (token) return token
  throw new Error(
    'to watch the error rate it needs GATEWAY_ADMIN_TOKEN or ADMIN_TOKEN_ENDPOINT; --conform-only does without',
  )
}

async function usualAt(url: URL, token: AdminToken | undefined): Promise<Reading> {
  if (!token) return { requests: 0, errors: 0 }
  return readingOf(await trafficAt(url, token, {}), { before: Date.now() })
}

/** The one that has all requests. */
async function versionBefore(versions: Versions): Promise<string> {
  const deployed = await versions.deployed()
  const [first, second] = deployed.filter(({ percentage }) => percentage > 0)
  if (!first) throw new Error('nothing is deployed yet: npm run deploy makes the first version')
  if (second) {
    const both = `${first.version} (${first.percentage} %) and ${second.version} (${second.percentage} %)`
    throw new Error(
      `a rollout is under way, or was left: ${both}; give one of them all requests with wrangler versions deploy`,
    )
  }
  return first.version
}

/** Ctrl-C, or a workflow that was cancelled: the new version must not be left where it is. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => controller.abort())
  return controller.signal
}
