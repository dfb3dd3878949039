import type { Share, Versions } from './versions.ts'
import { deployCommand } from './versions.ts'

export interface Rollout {
  readonly environment: string
  readonly versions: Versions
  readonly before: string
  readonly next: string
  /** Percentages; the first is 0, the last 100. */
  readonly shares: readonly number[]
  /** What speaks against the new version at this step; undefined: nothing. */
  readonly complaint: (percentage: number) => Promise<string | undefined>
  readonly say: (line: string) => void
}

export type Outcome = 'rolled out' | 'rolled back' | 'stuck'

/** Gives the new version more and more of the requests, and all of them back to the one before at the first complaint. */
export async function rollOut(rollout: Rollout): Promise<Outcome> {
  const { shares, say } = rollout
  for (const percentage of shares) {
    say(`${percentage} %: deploying`)
    // A deployment that failed may have been made all the same.
    const complaint = await advance(rollout, percentage).catch(sentenceOf)
    if (complaint !== undefined) {
      say(`${percentage} %: ${complaint}`)
      return rollBack(rollout)
    }
  }
  return 'rolled out'
}

async function advance(rollout: Rollout, percentage: number): Promise<string | undefined> {
  const { versions, before, next, complaint } = rollout
  const rest: Share[] = percentage < 100 ? [{ version: before, percentage: 100 - percentage }] : []
  await versions.deploy([{ version: next, percentage }, ...rest], `rollout, ${percentage} %`)
  return complaint(percentage)
}

/** What Cloudflare says is deployed counts, not what became of the command. */
async function rollBack({ versions, before, environment, say }: Rollout): Promise<Outcome> {
  const all: Share[] = [{ version: before, percentage: 100 }]
  for (let tries = 0; tries < 2; tries++) {
    const failed = await versions.deploy(all, 'rollout, rolled back').catch(sentenceOf)
    const deployed = await versions.deployed().catch(() => [])
    if (deployed.length === 1 && deployed[0]?.version === before) {
      say(`rolled back: version ${before} has all requests`)
      return 'rolled back'
    }
    if (failed) say(failed)
  }
  const command = deployCommand(environment, all).join(' ')
  say(
    [
      '',
      'THE ROLL-BACK FAILED: THE NEW VERSION MAY STILL ANSWER REQUESTS. Type this now:',
      '',
      `  npx wrangler ${command}`,
      '',
      'or choose that version in the dashboard under Workers & Pages, Deployments.',
    ].join('\n'),
  )
  return 'stuck'
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
