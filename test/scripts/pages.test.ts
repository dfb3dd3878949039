import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blocksHtml, inlineHtml } from '../../scripts/pages/markdown.ts'
import { writePages } from '../../scripts/pages/write.ts'

describe('the folder of the pages', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-pages-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('has what is written and nothing of an older build', async () => {
    await mkdir(join(folder, 'errors'))
    await writeFile(join(folder, 'errors/GONE.html'), 'old')
    await writeFile(join(folder, 'errors.html'), 'old')

    await writePages(folder)

    const codes = await readdir(join(folder, 'errors'))
    expect(codes).toHaveLength(2 * 39)
    expect(codes).not.toContain('GONE.html')
    expect((await stat(join(folder, 'errors.html'))).size).toBeGreaterThan(1_000)
  })

  it('keeps the files that need no change, for whoever is reading them', async () => {
    await writePages(folder)
    const file = join(folder, 'errors/MISSING_TOKEN.html')
    await utimes(file, 1, 1)

    await writePages(folder)

    expect((await stat(file)).mtimeMs).toBe(1_000)
  })
})

describe('the reference’s Markdown as HTML', () => {
  it.each([
    ['a < b & "c"', 'a &#60; b &#38; &#34;c&#34;'],
    ['say `<b>` so', 'say <code>&#60;b&#62;</code> so'],
    ['see [which](bodies.md), too', 'see which, too'],
    ['ask <a@b.example>', 'ask <a href="mailto:a@b.example">a@b.example</a>'],
    ['<script>alert(1)</script>', '&#60;script&#62;alert(1)&#60;/script&#62;'],
  ])('%s', (markdown, html) => {
    expect(inlineHtml(markdown)).toBe(html)
  })

  it.each([
    ['## A `b`', '<h2>A <code>b</code></h2>'],
    ['one\ntwo', '<p>one two</p>'],
    ['- one\n  more\n- two', '<ul><li>one more</li><li>two</li></ul>'],
    [
      '```json\n{"a": "<"}\n```',
      '<pre tabindex="0"><code>{&#34;a&#34;: &#34;&#60;&#34;}</code></pre>',
    ],
    [
      '| a | b |\n|---|---|\n| 1 | `2` |',
      '<div class="wide" tabindex="0"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><code>2</code></td></tr></tbody></table></div>',
    ],
  ])('%s', (markdown, html) => {
    expect(blocksHtml(markdown)).toBe(html)
  })
})
