import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SECRETS } from '../../../scripts/deploy/secret-names.ts'

const ROOT = join(import.meta.dirname, '../../..')
const read = (name: string) => readFile(join(ROOT, name), 'utf8')

/** Every answer has one, and it alone says nothing of trouble. */
const QUIET = ['exchange']

describe('the runbook', () => {
  it('knows every event that the log may hold', async () => {
    const runbook = await read('docs/runbook.md')
    const headings = (await read('docs/log-records.md')).matchAll(/^## `([\w.]+)`$/gm)
    const events = [...headings].map(([, event = '']) => event)

    expect(events).toContain('store.away')
    expect(
      events.filter((event) => !QUIET.includes(event) && !runbook.includes(`\`${event}\``)),
    ).toEqual([])
  })

  it('knows how each secret is changed', async () => {
    const rows = (await read('docs/runbook.md')).match(/^\| .*$/gm) ?? []
    const firstCells = rows.map((row) => row.split('|')[1])
    const secrets = [...SECRETS, 'JWT_ISSUERS', 'CLOUDFLARE_API_TOKEN', 'UPSTASH_API_KEY']

    expect(
      secrets.filter((secret) => !firstCells.some((cell) => cell?.includes(`\`${secret}\``))),
    ).toEqual([])
  })

  it.each(['docs/runbook.md', 'docs/deploying.md', 'README.md'])(
    'and its neighbours name commands and files that there are: %s',
    async (page) => {
      const text = await read(page)
      const { scripts } = JSON.parse(await read('package.json'))
      const commands = [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name = '']) => name)
      const links = [...text.matchAll(/\]\(((?!https?:)[^)#]+)/g)].map(([, link = '']) => link)
      const folder = page.includes('/') ? join(ROOT, 'docs') : ROOT
      const missing = await Promise.all(
        links.map((link) =>
          readFile(join(folder, link)).then(
            () => [],
            () => [link],
          ),
        ),
      )

      expect(commands.filter((name) => !(name in scripts))).toEqual([])
      expect(missing.flat().filter((link) => !link.startsWith('scripts/'))).toEqual([])
    },
  )
})
