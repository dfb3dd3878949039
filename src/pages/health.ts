import { answer } from './page.ts'

/** The worker lives. It asks nobody, so nothing can make it fail. */
export function health(): Response {
  return answer({ status: 'ok' })
}
