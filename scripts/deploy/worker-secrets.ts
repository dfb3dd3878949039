import * as v from 'valibot'
import { complaintOf, type Wrangler } from './run-wrangler.ts'

export type SetSecrets =
  | { readonly kind: 'known'; readonly names: readonly string[] }
  | { readonly kind: 'no worker' }
  | { readonly kind: 'unknown'; readonly reason: string }

const List = v.array(v.object({ name: v.string() }))

/** As wrangler puts it, and Cloudflare's code where it does not. */
const NO_WORKER = /Worker "[^"]*"(?: \(env: [^)]*\))? not found|code: 10007/

/** The names of the secrets that the worker has; nobody is told their values. */
export async function setSecrets(wrangler: Wrangler, environment: string): Promise<SetSecrets> {
  const ran = await wrangler(['secret', 'list', '--env', environment, '--format', 'json'])
  if (ran.code !== 0) {
    return NO_WORKER.test(`${ran.stdout}${ran.stderr}`)
      ? { kind: 'no worker' }
      : { kind: 'unknown', reason: complaintOf(ran) }
  }
  const list = v.safeParse(List, jsonIn(ran.stdout))
  if (!list.success) return { kind: 'unknown', reason: 'wrangler secret list printed no list' }
  return { kind: 'known', names: list.output.map(({ name }) => name) }
}

/** Warnings may stand before it. */
function jsonIn(printed: string): unknown {
  try {
    return JSON.parse(printed.slice(printed.search(/^[[{]/m)))
  } catch {
    return undefined
  }
}
