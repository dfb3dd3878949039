import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { complaintOf, type Ran, type Wrangler } from '../deploy/run-wrangler.ts'

/** A version of the worker, and how many of 100 requests it gets. */
export interface Share {
  readonly version: string
  readonly percentage: number
}

const Deployment = v.object({
  versions: v.array(v.object({ version_id: v.string(), percentage: v.number() })),
})
const Uploaded = v.object({ type: v.literal('version-upload'), version_id: v.string() })

/** The versions of one worker at Cloudflare. Whatever goes wrong is thrown as a sentence. */
export interface Versions {
  /** One that gets no requests is among them where it can be chosen. */
  deployed(): Promise<readonly Share[]>
  /** Nobody meets it until it is deployed. */
  upload(message: string): Promise<string>
  deploy(shares: readonly Share[], message: string): Promise<void>
  /** Routes, domains and cron schedules belong to no version, and would stay as they were. */
  applyTriggers(): Promise<void>
}

export function versionsOf(environment: string, wrangler: Wrangler): Versions {
  const ofEnvironment = ['--env', environment]
  return {
    async deployed() {
      const ran = await wrangler(['deployments', 'status', '--json', ...ofEnvironment])
      const deployment = v.safeParse(Deployment, jsonIn(good(ran, 'what is deployed').stdout))
      if (!deployment.success) throw new Error('wrangler deployments status tells no versions')
      return deployment.output.versions.map(({ version_id: version, percentage }) => ({
        version,
        percentage,
      }))
    },

    async upload(message) {
      const folder = await mkdtemp(join(tmpdir(), 'gateway-rollout-'))
      // What wrangler prints is for people; this is what it writes for programs.
      const output = join(folder, 'output.ndjson')
      try {
        const ran = await wrangler(['versions', 'upload', '--message', message, ...ofEnvironment], {
          env: { WRANGLER_OUTPUT_FILE_PATH: output },
        })
        good(ran, 'the upload')
        return uploadedIn(await readFile(output, 'utf8').catch(() => ''))
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },

    async deploy(shares, message) {
      const ran = await wrangler(deployCommand(environment, shares, message))
      good(ran, 'the deployment')
    },

    async applyTriggers() {
      good(await wrangler(['triggers', 'deploy', ...ofEnvironment]), 'wrangler triggers deploy')
    },
  }
}

export function deployCommand(
  environment: string,
  shares: readonly Share[],
  message?: string,
): readonly string[] {
  const specs = shares.map(({ version, percentage }) => `${version}@${percentage}%`)
  const said = message === undefined ? [] : ['--message', message]
  return ['versions', 'deploy', ...specs, '--env', environment, ...said, '-y']
}

function good(ran: Ran, what: string): Ran {
  if (ran.code !== 0) throw new Error(`${what} failed: ${complaintOf(ran)}`)
  return ran
}

function uploadedIn(output: string): string {
  const [uploaded] = output.split('\n').flatMap((line) => {
    const entry = v.safeParse(Uploaded, jsonIn(line))
    return entry.success ? [entry.output.version_id] : []
  })
  if (!uploaded) throw new Error('wrangler does not say which version it uploaded')
  return uploaded
}

/** Warnings may stand before it. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text.slice(text.search(/^[[{]/m)))
  } catch {
    return undefined
  }
}
