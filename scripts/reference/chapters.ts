import type { Category, ErrorCode } from '../../src/contract/catalogue.ts'
import { AUTHENTICATION } from './authentication.ts'
import { AUTHORIZATION } from './authorization.ts'
import type { Chapter, Own, Relayed } from './chapter.ts'
import { NOT_FOUND } from './not-found.ts'
import { RATE_LIMIT } from './rate-limit.ts'
import { SERVER } from './server.ts'
import { SERVICE_UNAVAILABLE } from './service-unavailable.ts'
import { VALIDATION } from './validation.ts'

export const CHAPTERS: { readonly [C in Category]: Chapter<C> } = {
  authentication: AUTHENTICATION,
  authorization: AUTHORIZATION,
  validation: VALIDATION,
  not_found: NOT_FOUND,
  rate_limit: RATE_LIMIT,
  server: SERVER,
  service_unavailable: SERVICE_UNAVAILABLE,
}

export const OCCURRENCES: Readonly<Record<ErrorCode, Own | Relayed>> = {
  ...AUTHENTICATION.codes,
  ...AUTHORIZATION.codes,
  ...VALIDATION.codes,
  ...NOT_FOUND.codes,
  ...RATE_LIMIT.codes,
  ...SERVER.codes,
  ...SERVICE_UNAVAILABLE.codes,
}
