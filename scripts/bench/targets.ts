import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildBundle, type ServedWorker, serveBundle } from '../serve.ts'
import type { Outside } from './outside.ts'
import type { Limits, Scenario } from './scenario.ts'

export const TARGETS = ['pass-through', 'floor', 'stock', 'gateway', 'previous'] as const
export type TargetName = (typeof TARGETS)[number]

export interface Target {
  readonly name: TargetName
  /** The built worker's file. */
  readonly script: string
  serve(serving: Serving, outside: Outside): Promise<ServedWorker>
}

export interface Serving extends Pick<Scenario, 'limits' | 'storeAway'> {
  /** How many requests one request counts as, where the target can be told so. */
  readonly cost?: number
  /** With V8's inspector open. */
  readonly inspected?: true
}

/** What nobody reaches. */
const FAR = 1_000_000_000
const NOBODY = 'http://127.0.0.1:1'

const CHECKOUT = join(import.meta.dirname, '../..')

/** Builds the workers to compare; `previous` is a git ref of this repository. */
export async function buildTargets(
  names: readonly TargetName[],
  previous: string | undefined,
  built: AsyncDisposableStack,
): Promise<Target[]> {
  const targets: Target[] = []
  for (const name of names) {
    if (name === 'previous' && previous === undefined) continue
    const bundle = await bundleOf(name, previous ?? '', built)
    built.defer(bundle.remove)
    targets.push({
      name,
      script: bundle.script,
      serve({ limits, storeAway, cost, inspected }, outside) {
        const settings = {
          ...settingsOf(outside, name),
          ...(storeAway && { UPSTASH_REDIS_REST_URL: NOBODY }),
          ...(name === 'stock' || name === 'floor'
            ? plainLimits(limits)
            : { LIMITS: gatewayLimits(limits) }),
          ...(cost && { ROUTES: JSON.stringify([{ path: '/*', access: 'user', cost }]) }),
        }
        const serving = serveBundle(bundle.script, settings, { inspected })
        // Whoever serves it stops it; but when the whole is interrupted nobody else would.
        built.defer(() => serving.then((worker) => worker.stop()).catch(() => {}))
        return serving
      },
    })
  }
  return targets
}

function bundleOf(name: TargetName, previous: string, built: AsyncDisposableStack) {
  switch (name) {
    case 'pass-through':
    case 'floor':
    case 'stock':
      return buildBundle({ entry: `scripts/bench/workers/${name}.ts` })
    case 'gateway':
      return buildBundle()
    case 'previous':
      return buildPrevious(previous, built)
  }
}

/** Its own source on today's dependencies. */
async function buildPrevious(ref: string, built: AsyncDisposableStack) {
  const git = (...words: string[]) => promisify(execFile)('git', words, { cwd: CHECKOUT })
  const checkout = join(tmpdir(), `bench-previous-${randomUUID()}`)
  await git('worktree', 'add', '--detach', checkout, ref)
  built.defer(async () => void (await git('worktree', 'remove', '--force', checkout)))
  await symlink(join(CHECKOUT, 'node_modules'), join(checkout, 'node_modules'))
  return buildBundle({ checkout })
}

/** Every target has the store to itself: gateways would find each other's records. */
function settingsOf({ upstream, store, issuer }: Outside, name: TargetName) {
  return {
    UPSTREAM_URL: upstream.url,
    UPSTASH_REDIS_REST_URL: store.urls[TARGETS.indexOf(name)] ?? store.url,
    UPSTASH_REDIS_REST_TOKEN: store.token,
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    JWT_JWKS_URL: issuer.jwksUrl,
  }
}

/** The windows of the built-in table, with the room that the scenario needs; the hour is where it can be little. */
function gatewayLimits({ address = FAR, user = FAR }: Limits = {}): string {
  const far = { minute: FAR, hour: FAR, month: FAR }
  return JSON.stringify({
    concurrency: { free: FAR },
    ip: { minute: FAR, hour: address },
    // Nobody here is of the other two; but no row may cost more than one of them could pay.
    tiers: { free: { ...far, hour: user }, premium: far, enterprise: far },
  })
}

function plainLimits({ address = FAR, user = FAR }: Limits = {}): Record<string, string> {
  return { STOCK_ADDRESS_LIMIT: `${address}`, STOCK_USER_LIMIT: `${user}` }
}
