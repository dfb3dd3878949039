import { describe, expect, it } from 'vitest'
import {
  CATALOGUE,
  isErrorCode,
  STATUS_OF_CATEGORY,
  statusOf,
} from '../../src/contract/catalogue.ts'
import rows from './catalogue.json' with { type: 'json' }

/** Where the contract's example bodies end in another suggestion than its tables. */
const SUGGESTION_OF_EXAMPLE: Readonly<Record<string, string>> = {
  INVALID_TOKEN: 'Ensure token is properly formatted and not expired',
  MISSING_PARAMETER: 'Include all required parameters in request',
  INTERNAL_ERROR: 'Retry or contact support if problem persists',
}

describe('the catalogue', () => {
  it('has the 39 codes of the contract and no other', () => {
    expect(Object.keys(CATALOGUE).sort()).toEqual(rows.map((row) => row.code).sort())
    expect(rows).toHaveLength(39)
  })

  it.each(rows)('$code says what the contract says', (row) => {
    if (!isErrorCode(row.code)) throw new Error(`${row.code} is missing`)
    const entry = CATALOGUE[row.code]

    expect({
      code: row.code,
      statusCode: statusOf(row.code),
      category: entry.category,
      message: entry.message,
      description: entry.meaning,
      suggestion: entry.suggestion,
    }).toEqual({
      code: row.code,
      statusCode: row.statusCode,
      category: row.category,
      message: row.message,
      description: row.description,
      suggestion: SUGGESTION_OF_EXAMPLE[row.code] ?? row.suggestion,
    })
  })

  it.each(Object.entries(SUGGESTION_OF_EXAMPLE))(
    '%s suggests what the example body of the contract suggests',
    (code, suggestion) => {
      expect(rows.find((row) => row.code === code)?.exampleSuggestion).toBe(suggestion)
    },
  )

  it('gives each category one status', () => {
    expect(STATUS_OF_CATEGORY).toEqual(
      Object.fromEntries(rows.map((row) => [row.category, row.statusCode])),
    )
  })

  it.each(['toString', '__proto__', 'missing_token', '', undefined, 401])(
    '%s is no code',
    (text) => {
      expect(isErrorCode(text)).toBe(false)
    },
  )
})
