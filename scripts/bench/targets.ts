import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildBundle, type ServedWorker, serveBundle } from '../serve.ts'
import type { Outside } from './outside.ts'
import type { Limits, Scenario } from './scenario.ts'

export const TARGETS = ['pass-through', 'stock', 'gateway', 'previous'] as const
export type TargetName = (typeof TARGETS)[number]

export interface Target {
  readonly name: TargetName
  /** The built worker's file. */
  readonly script: string
  serve(scenario: Pick<Scenario, 'limits' | 'storeAway'>, outside: Outside): Promise<ServedWorker>
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
      serve({ limits, storeAway }, outside) {
        const serving = serveBundle(bundle.script, {
          ...settingsOf(outside),
          ...(storeAway && { UPSTASH_REDIS_REST_URL: NOBODY }),
          ...(name === 'stock' ? stockLimits(limits) : { LIMITS: gatewayLimits(limits) }),
        })
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

function settingsOf({ upstream, store, issuer }: Outside): Record<string, string> {
  return {
    UPSTREAM_URL: upstream.url,
    UPSTASH_REDIS_REST_URL: store.url,
    UPSTASH_REDIS_REST_TOKEN: store.token,
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    JWT_JWKS_URL: issuer.jwksUrl,
  }
}

/** The windows of the built-in table, with the room that the scenario needs; the hour is where it can be little. */
function gatewayLimits({ address = FAR, user = FAR }: Limits = {}): string {
  return JSON.stringify({
    concurrency: { free: FAR },
    ip: { minute: FAR, hour: address },
    tiers: { free: { minute: FAR, hour: user, month: FAR } },
  })
}

function stockLimits({ address = FAR, user = FAR }: Limits = {}): Record<string, string> {
  return { STOCK_ADDRESS_LIMIT: `${address}`, STOCK_USER_LIMIT: `${user}` }
}
