import * as v from 'valibot'

const TIMEOUT_MS = 15_000

const Granted = v.object({ access_token: v.pipe(v.string(), v.nonEmpty()) })

/** A token that may read the traffic; `anew` after one was refused. */
export type AdminToken = (anew: boolean) => Promise<string>

/** Undefined: the environment names none. */
export function adminTokenFrom(env: NodeJS.ProcessEnv): AdminToken | undefined {
  const { GATEWAY_ADMIN_TOKEN: given, ADMIN_TOKEN_ENDPOINT: endpoint } = env
  if (given) return async () => given
  if (!endpoint) return undefined
  let held: string | undefined
  return async (anew) => {
    if (anew || held === undefined) held = await granted(endpoint, env)
    return held
  }
}

/** RFC 6749, section 4.4. The audience is no part of it, but providers ask for it. */
async function granted(endpoint: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { ADMIN_CLIENT_ID = '', ADMIN_CLIENT_SECRET = '', ADMIN_AUDIENCE } = env
  const answer = await fetch(endpoint, {
    method: 'POST',
    redirect: 'error',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: ADMIN_CLIENT_ID,
      client_secret: ADMIN_CLIENT_SECRET,
      ...(ADMIN_AUDIENCE && { audience: ADMIN_AUDIENCE }),
    }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined)
  if (!answer) throw new Error('ADMIN_TOKEN_ENDPOINT does not answer')
  const body = v.safeParse(Granted, await answer.json().catch(() => undefined))
  if (!body.success) throw new Error(`ADMIN_TOKEN_ENDPOINT answers ${answer.status} and no token`)
  return body.output.access_token
}
