/** A gateway whose store or upstream hangs is waited for no longer. */
const TIMEOUT_MS = 5_000

/** So many explanations are looked up. */
const MOST_EXCHANGES = 40

/** An address that no test floods. */
const OPERATOR = '198.51.100.250'

const ADMIN = '/_gateway/admin'
const PAGES = [
  ...['hour', 'day', 'week', 'quarter'].map((span) => `${ADMIN}/traffic?span=${span}`),
  `${ADMIN}/audit?limit=1000`,
  `${ADMIN}/events?limit=300`,
  `${ADMIN}/subjects?limit=1000`,
  `${ADMIN}/settings`,
  '/_gateway/metrics',
  '/_gateway/ready',
  '/_gateway/console',
]

/**
 * All that a gateway tells its operators, headers and all. Nothing where it does not take the token: its issuer may be
 * another one, or broken.
 */
export async function operatorsPages(url: string, token: string, log: string): Promise<string> {
  async function open(path: string, accept = '*/*'): Promise<string> {
    const headers = {
      Authorization: `Bearer ${token}`,
      Accept: accept,
      'CF-Connecting-IP': OPERATOR,
    }
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    try {
      const answer = await fetch(url + path, { headers, signal })
      const { status } = answer
      return JSON.stringify([path, status, [...answer.headers], await answer.text()])
    } catch {
      return ''
    }
  }
  const settings = await open(`${ADMIN}/settings`)
  if (!settings.includes(',200,')) return ''
  const explained = explainedIn(log).map((id) => `${ADMIN}/exchanges/${id}`)
  const pages = await Promise.all([
    ...[...PAGES, ...explained].map((path) => open(path)),
    open('/_gateway/metrics', 'application/openmetrics-text'),
    ...(await subjectsOf(open)).map((path) => open(path)),
  ])
  return pages.join('\n')
}

/** The correlation ids of what ended in an error, the last first. */
function explainedIn(log: string): readonly string[] {
  const records = log.split('\n').filter((line) => line.includes('"code":'))
  const ids = records.flatMap((line) => /"correlationId":"([^"]+)"/.exec(line)?.[1] ?? [])
  return [...new Set(ids.toReversed())].slice(0, MOST_EXCHANGES)
}

async function subjectsOf(open: (path: string) => Promise<string>): Promise<readonly string[]> {
  const listed = await open(`${ADMIN}/subjects?limit=20`)
  const names = [...listed.matchAll(/\\"subject\\":\\"(.+?)\\"/g)]
  return names.map(
    ([, name = '']) => `${ADMIN}/subjects/${Buffer.from(name).toString('base64url')}`,
  )
}
