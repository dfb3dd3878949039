import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, type World } from '../wire/world.ts'
import { isAway, openBrowser, visit } from './browser.ts'
import { DESK, hashOfSubject, openConsole, PHONE, panel, tabTo } from './console-page.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const USER = 'user:https://login.example.com/|auth0|65f1c2d3e4f5a6b7c8d9e0f1'
const FAILED = 'console-for-everybody'
const LOOKED_UP = `#/exchanges/${FAILED}`
const PLACES = ['#/traffic/hour', LOOKED_UP, '#/subjects', hashOfSubject(USER), '#/audit']

describe.skipIf(isAway)('the console, for everybody', () => {
  let world: World
  let browser: Browser
  let root: string
  beforeAll(async () => {
    ;[world, browser] = await Promise.all([openWorld(), openBrowser()])
    root = await world.issuer.mint({ subject: 'auth0|operator', roles: ['super_admin'] })
    // So that there is something to draw and to list.
    await fetch(`${world.gateway.url}/_gateway/admin/subjects/ip:192.0.2.77`, {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${root}`, 'Content-Type': 'application/json' },
      body: '{"blockSeconds":600}',
    })
    await fetch(`${world.gateway.url}/demo/status/502`, {
      headers: { 'X-Correlation-ID': FAILED },
    })
    for (let nth = 0; nth < 20; nth += 1) await fetch(`${world.gateway.url}/demo/echo`)
  })
  afterAll(() => Promise.all([browser?.close(), world?.stop()]))

  const schemes = ['light', 'dark'] as const
  it.each(schemes.flatMap((scheme) => PLACES.map((hash) => [scheme, hash] as const)))(
    'has no flaw that axe finds: %s, %s',
    { timeout: 60_000 },
    async (colorScheme, hash) => {
      const { page } = await openConsole(browser, world.gateway.url, root, {
        ...DESK,
        colorScheme,
        hash,
      })
      await settled(page, hash)
      if (hash.includes('traffic')) await panel(page, 'Answers').getByText('Show as table').click()

      expect(await flawsOf(page)).toEqual([])
    },
  )

  it.each(schemes)(
    'has none before signing in, and none in a question: %s',
    async (colorScheme) => {
      const { page: closed } = await visit(browser, `${world.gateway.url}/_gateway/console`, {
        colorScheme,
      })
      const { page: asking } = await openConsole(browser, world.gateway.url, root, {
        colorScheme,
        hash: hashOfSubject(USER),
      })
      await asking.getByRole('button', { name: 'Revoke all…' }).click()

      expect(await flawsOf(closed)).toEqual([])
      expect(await flawsOf(asking)).toEqual([])
    },
  )

  it.each(PLACES)('fits a phone: %s', async (hash) => {
    const { page } = await openConsole(browser, world.gateway.url, root, { ...PHONE, hash })
    await settled(page, hash)

    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(widths).toEqual([360, 360])
  })

  it('is used with the keyboard alone', { timeout: 60_000 }, async () => {
    const { page } = await visit(browser, `${world.gateway.url}/_gateway/console`)
    await page.keyboard.insertText(root)
    await page.keyboard.press('Enter')
    const heading = page.locator('.view-title')
    await heading.waitFor()
    expect(await isFocused(page, '.view-title')).toBe(true)

    await page.keyboard.press('Shift+Tab')
    await tabTo(page, page.getByRole('link', { name: 'Subjects', exact: true }))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Subjects' }).waitFor()
    expect(await isFocused(page, '.view-title')).toBe(true)
    await tabTo(page, page.getByLabel('Address, user or API key'))
    await page.keyboard.type('192.0.2.78')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Address 192.0.2.78' }).waitFor()
    const block = page.getByRole('button', { name: 'Block…' })
    await block.waitFor()
    await tabTo(page, block)
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel')
    await page.keyboard.press('Escape')
    expect(await block.evaluate((one) => one === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')

    await page.locator('.done').getByText('blocked until').waitFor()
    expect(await isFocused(page, '.done')).toBe(true)
  })

  it('tells a plot’s numbers to the arrow keys', { timeout: 60_000 }, async () => {
    const { page } = await openConsole(browser, world.gateway.url, root)
    const plot = page.getByRole('slider', { name: 'Answers, per minute: moment' })
    await plot.waitFor({ timeout: 25_000 })
    const said = () => plot.getAttribute('aria-valuetext')

    await plot.focus()
    const last = await said()
    await page.keyboard.press('ArrowLeft')
    const before = await said()
    await page.keyboard.press('Home')
    const first = await said()

    expect(last).toMatch(
      /^\d\d:\d\d: 5xx \d+, refused by a limit \d+, other 4xx \d+, 3xx \d+, 2xx \d+$/,
    )
    expect(new Set([last, before, first]).size).toBe(3)
    expect(await plot.getAttribute('aria-valuenow')).toBe('0')
    await plot.blur()
    expect(await said()).toMatch(/^In all: /)
  })

  it('moves nothing where less motion is wanted', async () => {
    const { page } = await visit(browser, 'about:blank', { reducedMotion: 'reduce' })
    await page.route('**/_gateway/admin/traffic*', () => {})
    await page.goto(`${world.gateway.url}/_gateway/console`)
    await page.getByLabel('Access token').fill(root)
    await page.keyboard.press('Enter')
    await page.locator('.skeleton').first().waitFor()

    const names = await page
      .locator('.skeleton')
      .evaluateAll((all) => all.map((one) => getComputedStyle(one).animationName))
    expect(new Set(names)).toEqual(new Set(['none']))
  })
})

/** Everything is there that there is: measures and explanations come within ten seconds. */
async function settled(page: Page, hash: string): Promise<void> {
  if (hash.includes('traffic')) await page.locator('.canvas').first().waitFor({ timeout: 25_000 })
  const lookUp = page.getByRole('button', { name: 'Look up' })
  for (let nth = 0; hash === LOOKED_UP && nth < 15; nth += 1) {
    if ((await page.locator('.decided').count()) > 0) break
    await page.waitForTimeout(1_000)
    await lookUp.click()
  }
  await expect.poll(() => page.locator('.skeleton').count(), { timeout: 15_000 }).toBe(0)
}

interface Flaw {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** In words that say where. */
async function flawsOf(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const found = await page.evaluate('axe.run().then(({ violations }) => violations)')
  return (found as Flaw[]).flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  )
}

function isFocused(page: Page, selector: string): Promise<boolean> {
  return page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)
}
