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
  return deployed?.target.variables[NAME] === undefined
    ? [ok('webhook', `${NAME} is an https address; nothing was sent there`)]
    : [
        problem(
          'webhook',
          `whoever reads wrangler.toml can post to ${NAME}`,
          `take it out of there: ${put}`,
        ),
      ]
}
