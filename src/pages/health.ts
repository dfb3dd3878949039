import type { FramePorts } from '../ports.ts'
import { answer } from './page.ts'

/** The worker lives. It asks nobody, so nothing can make it fail. */
export function health({ version }: Pick<FramePorts, 'version'>): Response {
  return answer({ status: 'ok', ...(version && { version }) })
}
