import type { CATALOGUE, Category, ErrorCode } from '../../src/contract/catalogue.ts'
import type { RefreshCode } from '../../src/pages/refresh-token.ts'
import type { AccessCode } from '../../src/steps/authorize.ts'
import type { IdentityCode } from '../../src/steps/identify.ts'
import type { MeterCode } from '../../src/steps/judge.ts'
import type { JudgedCode } from '../../src/steps/judge-body.ts'
import type { MatchCode } from '../../src/steps/match.ts'

/** What the gateway says of its own accord. Every other code is an upstream's to bring. */
type OwnCode =
  | 'HTTPS_REQUIRED'
  | MatchCode
  | IdentityCode
  | AccessCode
  | MeterCode
  | JudgedCode
  | 'RATE_LIMIT_EXEMPTION_DENIED'
  | RefreshCode
  | 'SERVICE_UNAVAILABLE'
  | 'SERVICE_ERROR'
  | 'INTERNAL_ERROR'
  | 'CONFIGURATION_ERROR'

type CodeIn<C extends Category> = {
  [K in ErrorCode]: (typeof CATALOGUE)[K]['category'] extends C ? K : never
}[ErrorCode]

interface Advice {
  /** Where a code is to be repeated otherwise than the rest of its category. */
  readonly retry?: string
}

/** How a code comes about. */
export interface Own extends Advice {
  readonly here: string
}

export interface Relayed extends Advice {
  readonly upstream: string
}

/** What the table of codes cannot say of a category. */
export interface Chapter<C extends Category> {
  readonly title: string
  readonly text: string
  /** Whether a client repeats such a request, in a few words. */
  readonly retry: string
  // A step that begins to answer with a code makes the compiler ask how that comes about.
  readonly codes: { readonly [K in CodeIn<C>]: K extends OwnCode ? Own : Relayed }
}
