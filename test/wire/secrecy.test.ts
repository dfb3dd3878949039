import { describe, expect, it } from 'vitest'
import { secretsIn } from '../support/secrets.ts'

const KNOWN = new Set(['hunter2-"quoted"-store-token'])

describe('the search for secrets in what the suite has produced', () => {
  it.each([
    ['a known one', 'before hunter2-"quoted"-store-token after', 1],
    ['a known one inside JSON', JSON.stringify({ url: 'hunter2-"quoted"-store-token' }), 1],
    [
      'what looks like a token',
      'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ',
      1,
    ],
    ['what looks like an API key', '"ctll_0123456789abcdef"', 1],
    ['nothing', '{"event":"exchange","correlationId":"req-eyJ","code":"INVALID_TOKEN"}', 0],
  ])('finds %s', (_, text, found) => {
    expect(secretsIn(text, KNOWN)).toHaveLength(found)
  })

  it('does not repeat what it found', () => {
    expect(secretsIn('hunter2-"quoted"-store-token', KNOWN).join()).not.toContain('quoted')
  })
})
