import { deny } from '../contract/decision.ts'

export type BodyCode = 'VALIDATION_ERROR'

export function tooLarge(maxBytes: number) {
  return deny('VALIDATION_ERROR', { reason: 'The request body is too large', maxBytes })
}
