import * as v from 'valibot'
import type { AdminToken } from './admin-token.ts'
import type { Reading } from './error-rate.ts'

const TIMEOUT_MS = 15_000
const MINUTE_MS = 60_000

const Health = v.object({ version: v.string() })
const Traffic = v.object({
  points: v.array(
    v.object({
      time: v.union([v.string(), v.number()]),
      requests: v.number(),
      errors: v.number(),
    }),
  ),
})

/** The header by which Cloudflare lets a request choose among the deployed versions. */
export function choosing(worker: string, version: string): Readonly<Record<string, string>> {
  return { 'Cloudflare-Workers-Version-Overrides': `${worker}="${version}"` }
}

/** Which version answers there; undefined where nobody does, or none says so. */
export async function versionAt(
  url: URL,
  headers: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const answer = await get(addressOf(url, '/_gateway/health'), headers)
  const health = v.safeParse(Health, await answer?.json().catch(() => undefined))
  return health.success ? health.output.version : undefined
}

/** The gateway's own minutes. Throws a sentence where they are not to be had. */
export async function trafficAt(
  url: URL,
  token: AdminToken,
  headers: Readonly<Record<string, string>>,
): Promise<readonly (Reading & { readonly at: number })[]> {
  const ask = async (anew: boolean) =>
    get(addressOf(url, '/_gateway/admin/traffic?span=hour'), {
      ...headers,
      Authorization: `Bearer ${await token(anew)}`,
    })
  const first = await ask(false)
  const answer = first?.status === 401 ? await ask(true) : first
  if (!answer) throw new Error('the gateway does not answer /_gateway/admin/traffic')
  if (answer.status !== 200) {
    throw new Error(`the gateway answers /_gateway/admin/traffic with ${answer.status}`)
  }
  const traffic = v.safeParse(Traffic, await answer.json().catch(() => undefined))
  if (!traffic.success) throw new Error('/_gateway/admin/traffic is not to be understood')
  return traffic.output.points.map(({ time, requests, errors }) => ({
    at: new Date(time).getTime(),
    requests,
    errors,
  }))
}

/** All minutes from the one of `from` on, or all before it. */
export function readingOf(
  points: readonly (Reading & { readonly at: number })[],
  { from = 0, before = Number.POSITIVE_INFINITY },
): Reading {
  const minuteOf = (at: number) => Math.floor(at / MINUTE_MS)
  const counted = points.filter(
    ({ at }) => minuteOf(at) >= minuteOf(from) && minuteOf(at) < minuteOf(before),
  )
  return {
    requests: counted.reduce((sum, { requests }) => sum + requests, 0),
    errors: counted.reduce((sum, { errors }) => sum + errors, 0),
  }
}

function addressOf(url: URL, path: string): URL {
  return new URL(`${url.pathname.replace(/\/$/, '')}${path}`, url)
}

async function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
): Promise<Response | undefined> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  return fetch(url, { headers, redirect: 'manual', signal }).catch(() => undefined)
}
