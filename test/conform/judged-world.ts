import type { Report } from '../../scripts/conform/judge.ts'
import type { Judgement } from '../../scripts/conform/judgement.ts'
import { DEFAULTS, type Options } from '../../scripts/conform/options.ts'
import { openWorld, type World } from '../wire/world.ts'

const ROOM = { minute: 1_000_000, hour: 10_000_000 }
const WINDOW_SECONDS = 6
export const USER_LIMIT = 30
export const ORIGIN = 'https://app.example.com'
const MAX_BODY_BYTES = 20_000

/** Narrow for a user, so that a flood is short; wide for the address, which all of them share. */
export const settings = {
  CORS_ORIGINS: ORIGIN,
  MAX_BODY_BYTES: String(MAX_BODY_BYTES),
  LIMITS: JSON.stringify({
    ip: ROOM,
    tiers: { free: { minute: null, hour: null, month: null, [WINDOW_SECONDS]: USER_LIMIT } },
    routes: { token: { 900: 1_000_000 } },
  }),
  ROUTES: JSON.stringify([
    { path: '/health', methods: ['GET'], access: 'public' },
    { path: '/demo/*', access: 'public' },
    { path: '/tunnels', access: 'user' },
    { path: '/admin/users', access: 'admin' },
  ]),
}

/** One that refreshes tokens itself. */
export async function openJudgedWorld() {
  const world = await openWorld()
  const { issuer } = world
  const provider = {
    TOKEN_ENDPOINT: issuer.tokenEndpoint,
    TOKEN_CLIENT_ID: issuer.clientId,
    TOKEN_CLIENT_SECRET: issuer.clientSecret,
  }
  return { world, gateway: await world.another({ ...settings, ...provider }) }
}

/** What an operator would give the judge, but for consent to a flood. */
export async function optionsFor(url: string, { issuer }: World): Promise<Options> {
  const subject = `judged|${crypto.randomUUID()}`
  const past = Math.floor(Date.now() / 1000) - 7_200
  return {
    ...DEFAULTS,
    url: new URL(url),
    also: ['/demo/errors/29', '/demo/errors/23', '/admin/users', '/demo/status/304'],
    token: await issuer.mint({ subject, tier: 'free' }),
    expiredToken: await issuer.mint({ subject, issuedAt: past }),
    foreignToken: await issuer.mint({ subject, audience: 'https://elsewhere.test' }),
    origin: ORIGIN,
    maxBodyBytes: MAX_BODY_BYTES,
  }
}

/** Enough for what the user's limit leaves, and in no more than two windows. */
export const FLOOD = { floodRequests: USER_LIMIT * 2, waitSeconds: WINDOW_SECONDS }

export function verdictsOf({ judged }: Report): Record<string, Judgement['verdict']> {
  return Object.fromEntries(judged.map(({ clause, judgement }) => [clause.id, judgement.verdict]))
}

export function brokenIn(report: Report): readonly string[] {
  return report.judged
    .filter(({ judgement }) => judgement.verdict === 'broken')
    .map(({ clause }) => clause.id)
}
