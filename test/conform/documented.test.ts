import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { CLAUSES } from '../../scripts/conform/clauses.ts'

it('docs/conformance.md lists the clauses as the judge tells them', async () => {
  const page = await readFile(new URL('../../docs/conformance.md', import.meta.url), 'utf8')

  const listed = [...page.matchAll(/^\| `([\w-]+)` \| (.+) \|$/gm)].map(([, id, sentence]) => ({
    id,
    sentence,
  }))
  expect(listed).toEqual(CLAUSES.map(({ id, sentence }) => ({ id, sentence })))
})
