import type { Category, ErrorCode } from '../contract/catalogue.ts'

export interface Failure {
  /** 0 where no answer came: `cause` then tells why. */
  readonly status: number
  /** By which the gateway's log finds this call. */
  readonly correlationId: string
  /** Absent where the answer was not the contract's: a platform's own page, a proxy's, an answer to HEAD. */
  readonly code?: ErrorCode
  readonly category?: Category
  readonly suggestion?: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly headers?: Headers
  /** How such another answer began. */
  readonly text?: string
}

/** What every call that got no good answer is rejected with, unless its caller gave it up. */
export class ApiError extends Error implements Failure {
  override readonly name = 'ApiError'
  declare readonly status: number
  declare readonly correlationId: string
  declare readonly code?: ErrorCode
  declare readonly category?: Category
  declare readonly suggestion?: string
  declare readonly details?: Readonly<Record<string, unknown>>
  declare readonly headers?: Headers
  declare readonly text?: string

  constructor(message: string, failure: Failure, cause?: unknown) {
    super(message, { cause })
    Object.assign(this, failure)
  }
}

type Told = Required<Pick<Failure, 'code' | 'category' | 'suggestion' | 'correlationId'>> &
  Pick<Failure, 'details'> & { readonly message: string }

/** Of a refusal. Its status stands whatever becomes of its body. */
export async function errorFrom(response: Response, correlationId: string): Promise<ApiError> {
  const { status, headers } = response
  const text = await response.text().catch(() => '')
  const told = toldIn(text)
  if (told) {
    const { code, category, suggestion, details } = told
    return new ApiError(told.message, {
      status,
      correlationId: told.correlationId,
      code,
      category,
      suggestion,
      headers,
      ...(details && { details }),
    })
  }
  return new ApiError(`HTTP ${status}`, {
    status,
    correlationId: headers.get('X-Correlation-ID') ?? correlationId,
    headers,
    text: text.slice(0, 1000),
  })
}

function toldIn(text: string): Told | undefined {
  try {
    const { error } = JSON.parse(text)
    return isTold(error) ? error : undefined
  } catch {
    return undefined
  }
}

// The contract is a closed list, so an envelope's code is taken for one of it: the list itself would double this file.
function isTold(error: unknown): error is Told {
  const members = ['code', 'message', 'category', 'suggestion', 'correlationId']
  const told = Object(error)
  return members.every((name) => typeof told[name] === 'string')
}
