import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, type World } from '../wire/world.ts'
import { isAway, openBrowser, visit } from './browser.ts'

const PHONE = { width: 360, height: 740 }

describe.skipIf(isAway)('the reference in a browser', () => {
  let world: World
  let browser: Browser
  let list: string
  beforeAll(async () => {
    ;[world, browser] = await Promise.all([openWorld(), openBrowser()])
    list = `${world.gateway.url}/_gateway/errors`
  })
  afterAll(() => Promise.all([browser?.close(), world?.stop()]))

  const shownCodes = (page: Page) => page.locator('.codes > li:visible > a').allTextContents()

  it.each(['', '/RATE_LIMIT_EXCEEDED', '/VALIDATION_ERROR#req-abcd-1234'])(
    'loads without a complaint and without another host: errors%s',
    async (path) => {
      const { page, complaints, hosts } = await visit(browser, `${list}${path}`)
      await page.waitForLoadState('networkidle')
      const styled = await page.evaluate(() => getComputedStyle(document.body).maxWidth)
      expect(complaints).toEqual([])
      expect([...hosts]).toEqual([new URL(list).host])
      expect(styled).toBe('960px')
    },
  )

  it('is narrowed by what is typed, and by keys alone', async () => {
    const { page } = await visit(browser, list)
    expect(await shownCodes(page)).toHaveLength(39)

    await page.keyboard.press('/')
    await page.keyboard.type('refresh token')

    expect((await shownCodes(page)).sort()).toEqual([
      'INVALID_REFRESH_TOKEN',
      'MISSING_REFRESH_TOKEN',
      'TOKEN_EXPIRED',
      'TOKEN_REFRESH_ERROR',
      'TOKEN_REFRESH_FAILED',
    ])
    expect(await page.locator('#found').textContent()).toBe('5 of 39 codes')
  })

  it('is filtered by status and category, by keys alone', async () => {
    const { page } = await visit(browser, list)

    await page.keyboard.press('/')
    await page.keyboard.press('Tab')
    await page.keyboard.type('404')
    expect(await shownCodes(page)).toHaveLength(5)

    await page.keyboard.press('Home')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Rate')

    expect(await shownCodes(page)).toEqual([
      'RATE_LIMIT_EXCEEDED',
      'RATE_LIMIT_EXCEEDED_USER',
      'RATE_LIMIT_EXCEEDED_IP',
      'QUOTA_EXCEEDED',
    ])
    expect(new URL(page.url()).search).toBe('?category=rate_limit')
  })

  it('says so when nothing is found, and goes back to all', async () => {
    const { page } = await visit(browser, `${list}?q=nonsense`)
    expect(await shownCodes(page)).toEqual([])
    expect(await page.locator('#nothing').isVisible()).toBe(true)

    await page.getByRole('button', { name: 'Show all' }).press('Enter')

    await expect.poll(() => shownCodes(page)).toHaveLength(39)
    expect(new URL(page.url()).search).toBe('')
  })

  it('opens the first code found with Enter', async () => {
    const { page } = await visit(browser, list)

    await page.keyboard.press('/')
    await page.keyboard.type('quota')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/QUOTA_EXCEEDED')

    expect(await page.locator('h1').textContent()).toBe('QUOTA_EXCEEDED 429')
  })

  it('leads to what it says of all errors, and covers it with nothing', async () => {
    const { page } = await visit(browser, list)

    await page.getByRole('link', { name: 'What an error answer carries' }).press('Enter')

    const seen = page.locator('#about h2').first()
    await expect
      .poll(() =>
        seen.evaluate((heading) => {
          const { left, top } = heading.getBoundingClientRect()
          return document.elementFromPoint(left + 5, top + 5) === heading
        }),
      )
      .toBe(true)
  })

  it('is whole without scripts', async () => {
    const { page, complaints } = await visit(browser, list, { javaScriptEnabled: false })

    expect(await shownCodes(page)).toHaveLength(39)
    expect(await page.locator('form').isVisible()).toBe(false)
    expect(complaints).toEqual([])
  })

  it('shows the correlation id that a problem’s instance ends in', async () => {
    const problem = await fetch(`${world.gateway.url}/tunnels`, {
      headers: { Accept: 'application/problem+json', 'X-Correlation-ID': 'abcd-1234' },
    })
    const { instance } = await problem.json()

    const { page } = await visit(browser, instance)

    expect(await page.locator('#yours').isVisible()).toBe(true)
    expect(await page.locator('#yours code').textContent()).toBe('abcd-1234')
  })

  it('shows nothing for one that is none', async () => {
    const { page } = await visit(browser, `${list}/NOT_FOUND#%3Cimg%20src=x%3E`)

    expect(await page.locator('#yours').isVisible()).toBe(false)
  })

  it.each(['', '/INSUFFICIENT_PERMISSIONS', '/EXTERNAL_SERVICE_UNAVAILABLE'])(
    'fits a phone: errors%s',
    async (path) => {
      const { page } = await visit(browser, `${list}${path}`, { viewport: PHONE, isMobile: true })

      const widths = await page.evaluate(() => [document.body.scrollWidth, innerWidth])
      const wide = await page.evaluate(() =>
        [...document.querySelectorAll('.wide')].filter((one) => one.scrollWidth > one.clientWidth),
      )
      expect(widths).toEqual([PHONE.width, PHONE.width])
      expect(wide).toEqual([])
    },
  )

  it.each(['light', 'dark'] as const)('can be read where %s is preferred', async (colorScheme) => {
    const { page } = await visit(browser, `${list}/MISSING_TOKEN`, { colorScheme })

    const darkness = await page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.body)
      const sumOf = (text: string) =>
        (text.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)
      return sumOf(color) - sumOf(backgroundColor)
    })
    expect(Math.sign(darkness)).toBe(colorScheme === 'dark' ? 1 : -1)
    expect(Math.abs(darkness)).toBeGreaterThan(450)
  })
})
