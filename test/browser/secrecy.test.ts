import { describe, expect, it } from 'vitest'
import { keptIn } from '../wire/produced.ts'
import { openWorld } from '../wire/world.ts'
import { isAway, openBrowser, visit } from './browser.ts'

describe.skipIf(isAway)('a leak would be found', () => {
  it('in whatever a page shows, keeps, says and asks for', { timeout: 60_000 }, async () => {
    const [world, browser] = await Promise.all([openWorld(), openBrowser()])
    const { page } = await visit(browser, `${world.gateway.url}/_gateway/console`)

    await page.locator('input').first().fill('PB0-field')
    await page.evaluate(() => {
      document.body.append('PB1-shown')
      localStorage.setItem('kept', 'PB2-local')
      sessionStorage.setItem('kept', 'PB3-session')
      // biome-ignore lint/suspicious/noDocumentCookie: what a script of the page might do.
      document.cookie = 'kept=PB4-cookie'
      window.name = 'PB5-name'
      // biome-ignore lint/suspicious/noConsole: what a script of the page might do.
      console.info('PB6-said')
      location.hash = '#/exchanges/PB7-address'
    })
    await Promise.all([browser.close(), world.stop()])

    const planted = ['0-field', '1-shown', '2-local', '3-session', '4-cookie', '5-name', '6-said']
    const found = await Promise.all([...planted, '7-address'].map((end) => keptIn(`PB${end}`)))
    expect(found).toEqual(Array(8).fill(['browser']))
  })
})
