import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/free-port.ts'
import { startStore } from '../../scripts/store/bridge.ts'
import { toldMinutes } from '../wire/told-minutes.ts'
import { openWorld, STORE_TOKEN, type World } from '../wire/world.ts'
import { isAway, openBrowser, visit } from './browser.ts'
import { hashOfSubject, openConsole, panel, signIn } from './console-page.ts'

const NOWHERE = 'http://127.0.0.1:9'
const MINUTE_MS = 60_000

describe.skipIf(isAway)('the console, in every state', () => {
  let world: World
  let browser: Browser
  let root: string
  beforeAll(async () => {
    ;[world, browser] = await Promise.all([openWorld(), openBrowser()])
    root = await world.issuer.mint({ roles: ['super_admin'] })
  })
  afterAll(() => Promise.all([browser?.close(), world?.stop()]))

  const address = () => `${world.gateway.url}/_gateway/console`

  it('asks for a token, and tells the dependencies to everybody', async () => {
    const { page, complaints } = await visit(browser, address())

    await page.getByText('store up').waitFor()
    await page.getByText('keys up').waitFor()
    await page.getByText('upstream up').waitFor()

    expect(
      await page.getByLabel('Access token').evaluate((one) => one === document.activeElement),
    ).toBe(true)
    expect(await page.locator('.view').isVisible()).toBe(false)
    expect(complaints).toEqual([])
  })

  it.each([
    ['is no token', async () => 'secret', 'That is not a token'],
    ['is a user’s', () => world.issuer.mint({}), 'ADMIN_REQUIRED'],
    [
      'lacks the permission',
      () => world.issuer.mint({ roles: ['support_admin'] }),
      'INSUFFICIENT_PERMISSIONS',
    ],
    [
      'has expired',
      () => world.issuer.mint({ roles: ['super_admin'], expiresInSeconds: -5 }),
      'TOKEN_EXPIRED',
    ],
    [
      'is for others',
      () => world.issuer.mint({ roles: ['super_admin'], audience: 'x' }),
      'INVALID_TOKEN',
    ],
  ])('refuses a token that %s, and says so', async (_, mint, said) => {
    const { page } = await visit(browser, address())

    await signIn(page, await mint())

    await page.getByRole('alert').getByText(said, { exact: true }).waitFor()
    expect(await page.getByLabel('Access token').inputValue()).toBe('')
    expect(await page.locator('.view').isVisible()).toBe(false)
  })

  it('asks again once a token has expired, and goes on at the same place', async () => {
    const short = await world.issuer.mint({ roles: ['super_admin'], expiresInSeconds: 4 })
    const { page } = await openConsole(browser, world.gateway.url, short, {
      hash: hashOfSubject('ip:192.0.2.9'),
    })
    await page.getByLabel('At most').fill('123')

    await page.getByRole('alert').getByText('TOKEN_EXPIRED').waitFor({ timeout: 20_000 })
    expect(await page.locator('.view').isVisible()).toBe(false)
    await signIn(page, root)

    await page.getByRole('heading', { name: 'Address 192.0.2.9' }).waitFor()
    expect(await page.getByLabel('At most').inputValue()).toBe('123')
  })

  it('holds nothing any more after “Sign out”, nor after a reload', async () => {
    const { page } = await openConsole(browser, world.gateway.url, root)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('the page has forgotten the token').waitFor()
    expect(await page.locator('.view').textContent()).toBe('')
    expect(await page.locator('.chips').textContent()).not.toMatch(/readings|anomal|without/)

    await signIn(page, root)
    await page.getByRole('heading', { name: 'Traffic' }).waitFor()
    await page.reload()

    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await page.locator('.view').isVisible()).toBe(false)
  })

  it('forgets the token after 15 minutes without use', async () => {
    const visited = await visit(browser, 'about:blank')
    const { page } = visited
    await page.clock.install()
    await page.goto(address())
    await signIn(page, root)
    await page.getByRole('heading', { name: 'Traffic' }).waitFor()

    await page.clock.fastForward(14 * MINUTE_MS)
    await page.keyboard.press('Tab')
    await page.clock.fastForward(14 * MINUTE_MS)
    expect(await page.getByRole('heading', { name: 'Traffic' }).isVisible()).toBe(true)
    await page.clock.fastForward(2 * MINUTE_MS)

    await page.getByText('Nobody has used the console for 15 minutes').waitFor()
    expect(await page.locator('.view').textContent()).toBe('')
  })

  it('keeps the token out of the document, the storage and the address', async () => {
    const { page } = await openConsole(browser, world.gateway.url, root)
    await panel(page, 'Routes').waitFor()
    await page.getByRole('link', { name: 'Subjects', exact: true }).click()
    await page.getByRole('heading', { name: 'Changed by operators' }).waitFor()

    const kept = await page.evaluate(async () => {
      const values = [...document.querySelectorAll('input')].map(({ value }) => value)
      const databases = await indexedDB.databases()
      const caches = await globalThis.caches?.keys()
      return JSON.stringify([
        document.documentElement.outerHTML,
        values,
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
        location.href,
        history.state,
        window.name,
        performance.getEntries().map(({ name }) => name),
        databases,
        caches ?? [],
      ])
    })

    expect(kept).toContain('Changed by operators')
    for (const part of root.split('.')) expect(kept).not.toContain(part)
    expect(await page.context().storageState()).toEqual({ cookies: [], origins: [] })
  })

  it('sends the token to the operators’ API alone', async () => {
    const page = await browser.newPage()
    const carrying = new Set<string>()
    const bare = new Set<string>()
    page.on('request', async (request) => {
      const { pathname } = new URL(request.url())
      const isCarrying = (await request.headerValue('Authorization')) !== null
      ;(isCarrying ? carrying : bare).add(pathname)
    })
    await page.goto(address())
    await signIn(page, root)
    await panel(page, 'Routes').waitFor()
    await page.getByRole('link', { name: 'Audit', exact: true }).click()
    await page
      .getByText('Nobody has changed anything')
      .or(page.getByRole('table'))
      .first()
      .waitFor()

    expect([...carrying].every((path) => path.startsWith('/_gateway/admin/'))).toBe(true)
    expect(carrying.size).toBeGreaterThan(2)
    expect([...bare].some((path) => path.startsWith('/_gateway/admin/'))).toBe(false)
  })

  it('says that the store is away, signs in all the same, and shows what it can', async () => {
    const lonely = await world.another({ UPSTASH_REDIS_REST_URL: NOWHERE })
    const { page } = await openConsole(browser, lonely.url, root)

    await page.locator('.traffic > div > .notice').getByText('The store is away').waitFor()
    await page.getByText('store away', { exact: true }).waitFor()
    await page.getByText('upstream up').waitFor()
    await page.getByText('readings unknown').waitFor()
    expect(await page.locator('.skeleton').count()).toBe(0)
  })

  it('keeps the last figures while the store is away, and says of when they are', async () => {
    const lonely = await world.another({ UPSTASH_REDIS_REST_URL: NOWHERE })
    const away = await fetch(`${lonely.url}/_gateway/admin/audit`, {
      headers: { Authorization: `Bearer ${root}` },
    })
    expect(away.status).toBe(503)
    const body = await away.text()
    const { page } = await openConsole(browser, world.gateway.url, root)
    await page.getByText(/^As of \d\d:\d\d:\d\d/).waitFor()
    const before = await page.locator('.tiles').textContent()

    await page.route('**/_gateway/admin/**', (route) =>
      route.fulfill({ status: 503, contentType: 'application/json', body }),
    )

    await page.getByText(/What you see is of \d\d:\d\d:\d\d/).waitFor({ timeout: 20_000 })
    expect(await page.locator('.tiles').textContent()).toBe(before)
    await page.unroute('**/_gateway/admin/**')
    await expect
      .poll(() => page.getByText('The store is away').count(), { timeout: 30_000 })
      .toBe(0)
  })

  it('sees the store go away and come back', { timeout: 90_000 }, async () => {
    const port = await freePort()
    const own = () => startStore({ token: STORE_TOKEN, engine: 'embedded', port })
    const store = await own()
    const leaning = await world.another({ UPSTASH_REDIS_REST_URL: store.url })
    const { page } = await openConsole(browser, leaning.url, root)
    const chips = page.locator('.chips')
    await chips.getByText('store up').waitFor()
    await page.getByText(/^As of \d\d:\d\d:\d\d/).waitFor()

    await store.stop()
    await chips.getByText('store away').waitFor({ timeout: 25_000 })
    await page.getByText(/What you see is of \d\d:\d\d:\d\d/).waitFor({ timeout: 25_000 })
    expect(await page.getByRole('status').first().textContent()).toBe('store away')

    for (let nth = 0; nth < 5; nth += 1) await fetch(`${leaning.url}/demo/echo`)
    const again = await own()
    await chips.getByText('store up').waitFor({ timeout: 45_000 })
    await expect
      .poll(() => page.getByText('The store is away').count(), { timeout: 45_000 })
      .toBe(0)
    const trouble = panel(page, 'Retries, breaker, fallback')
    await trouble.getByText(/\d+ readings without the store\.$/).waitFor({ timeout: 45_000 })
    await page.close()
    await again.stop()
  })

  it('shows retries and the open breaker of an upstream that is away', async () => {
    const stranded = await world.another({ UPSTREAM_URL: NOWHERE })
    for (let nth = 0; nth < 40; nth += 1) await fetch(`${stranded.url}/demo/echo`)
    const { page } = await openConsole(browser, stranded.url, root)

    await page.locator('.chips').getByText('upstream away').waitFor()
    await panel(page, 'Retries, breaker, fallback')
      .getByText(/^[\d,]+ retries, [\d,]+ refused by the open breaker\.$/)
      .waitFor({ timeout: 25_000 })
    await page.close()
  })

  it('tells of an anomaly when it begins, and when it has ended', { timeout: 90_000 }, async () => {
    const watched = await openWorld()
    const { minutes } = toldMinutes(watched)
    await minutes(32, { '2xx': 600 })
    const visited = await visit(browser, 'about:blank')
    const { page } = visited
    await page.clock.install()
    await page.goto(`${watched.gateway.url}/_gateway/console`)
    await signIn(page, await watched.issuer.mint({ roles: ['super_admin'] }))
    await page.getByText('no anomaly', { exact: true }).waitFor()
    const listed = panel(page, 'Anomalies').getByRole('listitem')
    expect(await listed.count()).toBe(0)

    await minutes(6, { '2xx': 500, INTERNAL_ERROR: 100 })
    await page.clock.fastForward(31_000)

    await page.getByText('3 anomalies', { exact: true }).waitFor()
    expect(await page.getByRole('status').first().textContent()).toBe('A new anomaly: 3 in all.')
    expect(await listed.allTextContents()).toEqual(
      Array(3).fill(expect.stringContaining('goes on')),
    )
    expect(await listed.allTextContents()).toContainEqual(
      expect.stringContaining('Share of errors of /tunnels: 16.7 %'),
    )

    await minutes(8, { '2xx': 600 })
    await page.clock.fastForward(31_000)
    await page.getByText('no anomaly', { exact: true }).waitFor()
    expect(await listed.count()).toBe(6)
    await page.close()
    await watched.stop()
  })

  it('goes on with the other parts where one fails', async () => {
    const page = await browser.newPage()
    await page.route('**/_gateway/admin/events*', (route) => route.fulfill({ body: 'nonsense' }))
    await page.goto(address())
    await signIn(page, root)

    await panel(page, 'Anomalies').getByText('An answer that makes no sense').waitFor()
    await page.getByText(/^As of \d\d:\d\d:\d\d/).waitFor()
    expect(await panel(page, 'Routes').getByText('could not').count()).toBe(0)
  })

  it('asks a few times a minute, and not at all while nobody can see it', async () => {
    const page = await browser.newPage()
    await page.clock.install()
    await page.goto(address())
    await signIn(page, root)
    await page.getByText(/^As of \d\d:\d\d:\d\d/).waitFor()
    let asked = 0
    page.on('request', (request) => {
      if (request.url().includes('/_gateway/admin/')) asked += 1
    })

    await minuteOf(page)
    const seen = asked
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    asked = 0
    await minuteOf(page)

    expect(seen).toBeGreaterThanOrEqual(8)
    expect(seen).toBeLessThan(40)
    expect(asked).toBeLessThanOrEqual(1)
  })

  it('is held by the browser to read no text as markup', async () => {
    const { page } = await openConsole(browser, world.gateway.url, root)

    const tried = await page.evaluate(() => {
      try {
        document.body.innerHTML = '<b>text</b>'
        return 'read'
      } catch (refusal) {
        return refusal instanceof TypeError ? 'refused' : 'failed'
      }
    })

    expect(tried).toBe('refused')
  })

  it('shows names that are markup as the texts they are', { timeout: 60_000 }, async () => {
    const sub = '<img src=x onerror="globalThis.hit = true">'
    const narrow = await world.another({ LIMITS: '{"tiers":{"free":{"minute":1}}}' })
    const headers = { Authorization: `Bearer ${await world.issuer.mint({ subject: sub })}` }
    for (let nth = 0; nth < 4; nth += 1) await fetch(`${narrow.url}/tunnels`, { headers })
    const { page, complaints } = await openConsole(browser, narrow.url, root)

    const link = panel(page, 'Most often refused').getByRole('link', { name: sub })
    await link.waitFor({ timeout: 25_000 })
    await link.click()
    await page.getByRole('heading', { name: `User ${sub}` }).waitFor()
    await page.getByRole('button', { name: 'Block…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click()
    await page.locator('.done').getByText('blocked until').waitFor()
    await page.getByRole('link', { name: 'audit trail' }).click()
    await page.getByRole('row').filter({ hasText: sub }).first().waitFor()

    expect(await page.locator('img').count()).toBe(0)
    expect(await page.evaluate(() => 'hit' in globalThis)).toBe(false)
    expect(complaints).toEqual([])
  })
})

/** A minute of the page's own clock, with time for answers to come. */
async function minuteOf(page: Page): Promise<void> {
  for (let second = 0; second < 60; second += 1) {
    await page.clock.runFor(1_000)
    await page.waitForTimeout(20)
  }
}
