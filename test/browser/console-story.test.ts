import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, type World } from '../wire/world.ts'
import { isAway, openBrowser } from './browser.ts'
import { hasColour, openConsole, panel } from './console-page.ts'

/** Measures come with the next round trip of their isolate, at the latest ten seconds old. */
const TOLD_MS = 25_000
const FLOODER = '203.0.113.7'
const HOUR_SECONDS = 3_600

describe.skipIf(isAway)('an operator at the console, while a flood comes', () => {
  let world: World
  let browser: Browser
  beforeAll(async () => {
    ;[world, browser] = await Promise.all([
      openWorld({ LIMITS: '{"ip":{"minute":150}}' }),
      openBrowser(),
    ])
  })
  afterAll(() => Promise.all([browser?.close(), world?.stop()]))

  const flood = () =>
    fetch(`${world.gateway.url}/demo/echo`, { headers: { 'CF-Connecting-IP': FLOODER } })

  it('sees it, blocks the address, and sees the refusal', { timeout: 120_000 }, async () => {
    const token = await world.issuer.mint({ subject: 'auth0|operator', roles: ['super_admin'] })
    const { page, complaints, hosts } = await openConsole(browser, world.gateway.url, token)
    await page.getByText('No request has come yet.').or(page.locator('.canvas')).first().waitFor()

    for (let nth = 0; nth < 200; nth += 1) await (await flood()).body?.cancel()

    const refused = panel(page, 'Most often refused')
    const row = refused.getByRole('row').filter({ hasText: FLOODER })
    await row.waitFor({ timeout: TOLD_MS })
    expect(await row.getByRole('cell').first().textContent()).toBe('50')
    await panel(page, 'Error codes')
      .getByText('RATE_LIMIT_EXCEEDED_IP', { exact: true })
      .waitFor({ timeout: TOLD_MS })
    await expect
      .poll(() => hasColour(panel(page, 'Answers'), '--purple'), { timeout: TOLD_MS })
      .toBe(true)
    await panel(page, 'Answers').getByText('Show as table').click()
    const counts = panel(page, 'Answers').getByRole('row').locator('td:nth-child(3)')
    const sum = async () =>
      (await counts.allTextContents()).reduce((all, text) => all + Number(text), 0)
    await expect.poll(sum).toBe(50)

    const byLimit = panel(page, 'Refused by limits')
    await byLimit.getByText('most by “Address per minute”, 50.').waitFor({ timeout: TOLD_MS })
    expect(await hasColour(byLimit, '--orange')).toBe(true)

    await row.getByRole('link').click()
    await page.getByRole('heading', { name: `Address ${FLOODER}` }).waitFor()
    const usage = panel(page, 'Usage').getByRole('row').filter({ hasText: 'per minute' })
    await usage.getByText('150').first().waitFor()
    await page.getByRole('button', { name: 'Block…' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.textContent()).toContain('refused for 1 hour')
    await dialog.getByRole('button', { name: 'Block', exact: true }).click()

    const done = page.locator('.done')
    await done.getByText('by auth0|operator').waitFor()
    const [correlationId = ''] = (await done.locator('code').allTextContents()).slice(-1)
    await panel(page, 'What holds').getByText('blocked until').waitFor()
    expect(complaints).toEqual([])
    expect([...hosts]).toEqual([new URL(world.gateway.url).host])

    // Until it is felt may take two seconds.
    const asked = async () => {
      const answer = await flood()
      const { error } = await answer.json()
      return [answer.status, error?.code, Number(answer.headers.get('Retry-After')) > 3_000]
    }
    await expect.poll(asked, { timeout: 5_000 }).toEqual([429, 'RATE_LIMIT_EXCEEDED_IP', true])

    await page.getByRole('link', { name: 'Audit', exact: true }).click()
    const entry = page.getByRole('row').filter({ hasText: correlationId })
    await entry.waitFor()
    expect(await entry.textContent()).toContain('blocked until')

    await page.getByRole('link', { name: 'Traffic', exact: true }).click()
    const more = () =>
      panel(page, 'Most often refused')
        .getByRole('row')
        .filter({ hasText: FLOODER })
        .getByRole('cell')
        .first()
        .textContent({ timeout: 5_000 })
    await expect.poll(async () => Number(await more()), { timeout: TOLD_MS }).toBeGreaterThan(50)
  })

  it('is told how an exchange came to its error', { timeout: 60_000 }, async () => {
    const ask = (id: string, path: string) =>
      fetch(`${world.gateway.url}${path}`, { headers: { 'X-Correlation-ID': id } })
    const failed = `console-${crypto.randomUUID()}`
    const other = `console-${crypto.randomUUID()}`
    expect((await ask(failed, '/demo/errors/28')).status).toBe(503)
    expect((await ask(other, '/tunnels')).status).toBe(401)
    const token = await world.issuer.mint({ roles: ['super_admin'] })
    const { page, complaints } = await openConsole(browser, world.gateway.url, token, {
      hash: '#/exchanges',
    })
    const lookUp = async (id: string) => {
      await page.getByLabel('Correlation id').fill(id)
      await page.getByRole('button', { name: 'Look up' }).click()
    }
    const decided = page.locator('.decided')

    await lookUp(failed)
    await expect
      .poll(
        async () => {
          if ((await decided.count()) === 0) await lookUp(failed)
          return decided.allTextContents()
        },
        { timeout: TOLD_MS, interval: 1_000 },
      )
      .toEqual([expect.stringContaining('Decided at “normalize”')])
    const article = page.getByRole('article')
    expect(await article.textContent()).toContain('EXTERNAL_SERVICE_UNAVAILABLE')
    expect(await article.locator('.steps .refused').allTextContents()).toEqual([
      expect.stringContaining('normalize'),
    ])
    expect(await article.locator('.timeline').textContent()).toContain('upstream')
    // The page of a proxy in between: its markup is shown, and is none here.
    expect(await article.locator('pre').textContent()).toContain('<center>nginx')
    expect(await page.locator('center').count()).toBe(0)

    await lookUp(other)
    await page.getByRole('heading', { name: '401 MISSING_TOKEN' }).waitFor({ timeout: TOLD_MS })
    expect(await decided.textContent()).toContain('identify')
    await lookUp('nobody-knows-it')
    await page.getByText('Nothing is kept of it.').waitFor()
    expect(complaints).toEqual([])
  })

  it('changes, takes back, resets and revokes, each with its entry', {
    timeout: 60_000,
  }, async () => {
    const sub = `auth0|${crypto.randomUUID()}`
    const user = `user:${world.issuer.issuer}|${sub}`
    const headers = { Authorization: `Bearer ${await world.issuer.mint({ subject: sub })}` }
    await fetch(`${world.gateway.url}/tunnels`, { headers })
    const token = await world.issuer.mint({ roles: ['super_admin'] })
    const { page, complaints } = await openConsole(browser, world.gateway.url, token, {
      hash: `#/subjects/${Buffer.from(user).toString('base64url')}`,
    })
    const act = async (press: string, verb: string, entry: string) => {
      await page.getByRole('button', { name: press }).click()
      await page.getByRole('dialog').getByRole('button', { name: verb, exact: true }).click()
      await page.locator('.done').getByText(entry).waitFor()
    }

    await panel(page, 'Usage').getByText('100 (free)').waitFor()
    await page.getByLabel('At most').fill('7')
    await act('Set limit…', 'Set limit', 'limit 7 per minute')
    await panel(page, 'Usage').getByText('7 (its own)').waitFor()
    await act('Take back per minute…', 'Take back', 'limit per minute as the tier has it')
    await act('Block…', 'Block', 'blocked until')
    await act('Let in…', 'Let in', 'let in again')
    await act('Exempt…', 'Exempt', 'exempt until')
    await act('End exemption…', 'End it', 'exemption ended')
    await page.getByLabel('Value').fill('a-token-id')
    await page.getByLabel('Its exp').fill(`${Math.round(Date.now() / 1000) + HOUR_SECONDS}`)
    await act('Revoke…', 'Revoke', 'token j:a-token-id revoked')
    await act('Revoke all…', 'Revoke all', 'tokens issued before')
    await act('Pardon…', 'Pardon', 'tokens pardoned')
    await act('Reset counts…', 'Reset', 'counts reset')
    await panel(page, 'Usage').getByText('It has not been counted').waitFor()

    expect(complaints).toEqual([])
  })

  it('is told why a change is refused, and changes nothing', async () => {
    const viewer = { roles: ['support_admin'], permissions: ['view_gateway'] }
    const token = await world.issuer.mint(viewer)
    const { page } = await openConsole(browser, world.gateway.url, token, {
      hash: `#/subjects/${Buffer.from('ip:192.0.2.55').toString('base64url')}`,
    })

    await page.getByRole('button', { name: 'Block…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click()

    await page.getByRole('dialog').getByText('INSUFFICIENT_PERMISSIONS').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    expect(await page.locator('.done').isVisible()).toBe(false)
    expect(await panel(page, 'What holds').textContent()).not.toContain('blocked')
  })
})
