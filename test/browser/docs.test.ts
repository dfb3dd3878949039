import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, type World } from '../wire/world.ts'
import { isAway, openBrowser, visit } from './browser.ts'

const PHONE = { width: 360, height: 740 }

describe.skipIf(isAway)('the document of the API in a browser', { timeout: 60_000 }, () => {
  let world: World
  let browser: Browser
  let docs: string
  beforeAll(async () => {
    // The built-in table is what the document tells of.
    ;[world, browser] = await Promise.all([openWorld({ ROUTES: '' }), openBrowser()])
    docs = `${world.gateway.url}/_gateway/docs`
  })
  afterAll(() => Promise.all([browser?.close(), world?.stop()]))

  it.each([
    ['a desk', { viewport: { width: 1280, height: 900 } }],
    ['a phone in the dark', { viewport: PHONE, colorScheme: 'dark' as const }],
  ])('loads without a complaint and without another host: %s', async (_, options) => {
    const { page, complaints, hosts } = await visit(browser, docs, options)
    await page.locator('.opblock-tag').first().waitFor()
    await page.waitForLoadState('networkidle')
    const wider = await page.evaluate(
      () => globalThis.document.documentElement.scrollWidth > globalThis.innerWidth,
    )

    expect(complaints).toEqual([])
    expect([...hosts]).toEqual([new URL(docs).host])
    expect(wider).toBe(false)
  })

  it('shows an operation with its codes', async () => {
    const { page, complaints } = await visit(browser, docs)
    await page.locator('#operations-tag-tunnels').click()
    await page.locator('#operations-tunnels-postTunnels .opblock-summary-control').click()
    const answers = page.locator('#operations-tunnels-postTunnels .responses-table').first()

    await answers.getByText('MISSING_PARAMETER').first().waitFor()

    expect(await answers.textContent()).toContain('Required parameter not provided')
    expect(complaints).toEqual([])
  })

  it('asks the gateway itself when an operation is tried', async () => {
    const { page } = await visit(browser, docs)
    await page.locator('#operations-tag-gateway').click()
    const first = page.locator('#operations-gateway-getGatewayHealth')
    await first.locator('.opblock-summary-control').click()
    await first.getByRole('button', { name: 'Try it out' }).click()
    await first.getByRole('button', { name: 'Execute' }).click()
    const live = first.locator('.live-responses-table')
    await live.waitFor()

    expect(await live.textContent()).toContain('"status": "ok"')
  })
})
