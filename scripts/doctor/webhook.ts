import { carriesKeysSafely } from '../../src/policy/key-url.ts'
import { type Finding, ok, problem } from './finding.ts'
import { type Patient, settingOf } from './patient.ts'

const NAME = 'ALERT_WEBHOOK_URL'

/** Its shape alone: whatever was sent there would be taken for an alert. */
export function checkWebhook({ environment, deployed, values }: Patient): readonly Finding[] {
  const address = settingOf(values, NAME)
  if (!address) return []
  const put = `npx wrangler secret put ${NAME}${deployed ? ` --env ${environment}` : ''}`
  if (!carriesKeysSafely(address)) {
    return [problem('webhook', `${NAME} is no https address`, put)]
  }
  return deployed?.target.variables[NAME] !== undefined && mayHoldSecret(address)
    ? [
        problem(
          'webhook',
          `whoever reads wrangler.toml can post to ${NAME}`,
          `take it out of there: ${put}`,
        ),
      ]
    : [ok('webhook', `${NAME} is an https address; nothing was sent there`)]
}

/** Most chat services put the key into the path or the query. */
function mayHoldSecret(address: string): boolean {
  const { username, password, search, pathname } = new URL(address)
  return username !== '' || password !== '' || search !== '' || /[\w-]{16,}/.test(pathname)
}
