import { type Finding, ok, problem } from './finding.ts'
import { settingOf, type Values } from './patient.ts'
import { reach } from './reach.ts'
import { isPlaceholder } from './settings.ts'

/** As `/_gateway/ready` asks it: anything but a 5xx is an answer. */
export async function checkUpstreams(values: Values): Promise<readonly Finding[]> {
  const findings = ['UPSTREAM_URL', 'UPSTREAM_FALLBACK_URL'].map(async (name) => {
    const address = settingOf(values, name)
    if (!address || isPlaceholder(address) || !URL.canParse(address)) return []
    return [await checkUpstream(name, new URL(address))]
  })
  return (await Promise.all(findings)).flat()
}

async function checkUpstream(name: string, base: URL): Promise<Finding> {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/health`
  const reached = await reach(url)
  if (reached.kind === 'silent') {
    return problem(
      'upstream',
      `${name}: ${reached.reason}`,
      'start it, mend the address, or let Cloudflare’s addresses through its firewall',
    )
  }
  const { response, ms } = reached
  await response.body?.cancel()
  return response.status < 500
    ? ok('upstream', `${name} answers /health with ${response.status} in ${ms} ms`)
    : problem(
        'upstream',
        `${name} answers /health with ${response.status}`,
        'look at the upstream: the gateway would call itself not ready',
      )
}
