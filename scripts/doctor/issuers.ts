import { KeySet } from '../../src/adapters/key-set.ts'
import { KeysFault } from '../../src/adapters/keys-fault.ts'
import { publishedKeys } from '../../src/adapters/published-keys.ts'
import type { Config } from '../../src/config.ts'
import type { Issuer } from '../../src/policy/issuer.ts'
import { type Finding, note, ok, problem } from './finding.ts'
import { reach } from './reach.ts'
import { isPlaceholder } from './settings.ts'

/** Whether the keys of each issuer are to be had, by the gateway's own way of having them. */
export async function checkIssuers({
  issuers,
  tokenEndpoint,
}: Config): Promise<readonly Finding[]> {
  const seen = issuers.filter(({ issuer, secret }) => secret === undefined && isReal(issuer))
  const endpoint = tokenEndpoint && isReal(tokenEndpoint.url) ? [tokenEndpoint.url] : []
  const findings = [...seen.map(checkIssuer), ...endpoint.map(checkTokenEndpoint)]
  return (await Promise.all(findings)).flat()
}

/** Not an example, and not what stands in for a value that nobody sees. */
function isReal(address: string): boolean {
  return !isPlaceholder(address) && !address.startsWith('https://unseen.invalid')
}

async function checkIssuer(issuer: Issuer): Promise<readonly Finding[]> {
  const check = `issuer ${issuer.issuer}`
  try {
    const { jwks, flaws } = await KeySet.from(await publishedKeys(issuer, fetch), Date.now())
    return [
      ok(check, `publishes ${jwks.length} ${jwks.length === 1 ? 'key' : 'keys'} to verify with`),
      ...(flaws.length > 0
        ? [note(check, `publishes keys that are left out, too: ${flaws.join(', ')}`)]
        : []),
    ]
  } catch (error) {
    if (!(error instanceof KeysFault)) throw error
    return [problem(check, `its keys are not to be had: ${error.message}`, REMEDY(error.message))]
  }
}

const REMEDY = (reason: string) =>
  reason === 'the discovery document names another issuer'
    ? 'spell JWT_ISSUER exactly as the tokens’ iss does, the slash at its end included'
    : 'mend JWT_ISSUER, or name the key set itself in JWT_JWKS_URL'

/** It answers a GET with an error, which is an answer. */
async function checkTokenEndpoint(url: string): Promise<readonly Finding[]> {
  const reached = await reach(url)
  if (reached.kind === 'answered') {
    await reached.response.body?.cancel()
    return reached.response.status < 500
      ? [ok('token endpoint', 'answers')]
      : [problem('token endpoint', `answers ${reached.response.status}`, 'look at the provider')]
  }
  return [problem('token endpoint', reached.reason, 'mend TOKEN_ENDPOINT')]
}
