import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { type Visited, visit } from './browser.ts'

export const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true }
export const DESK = { viewport: { width: 1280, height: 900 } }

/** The console with somebody signed in, at a place of it. */
export async function openConsole(
  browser: Browser,
  gateway: string,
  token: string,
  { hash = '', ...options }: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<Visited> {
  const visited = await visit(browser, `${gateway}/_gateway/console${hash}`, options)
  await signIn(visited.page, token)
  await visited.page.locator('.view-title').waitFor()
  return visited
}

export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Access token of an administrator').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export function panel(page: Page, title: string): Locator {
  return page.getByRole('region', { name: title, exact: true })
}

export function hashOfSubject(subject: string): string {
  return `#/subjects/${Buffer.from(subject).toString('base64url')}`
}

/** Tab after Tab, as somebody without a pointer goes. */
export async function tabTo(page: Page, wanted: Locator, most = 60): Promise<void> {
  for (let nth = 0; nth < most; nth += 1) {
    if (await wanted.evaluate((one) => one === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`no Tab leads to ${wanted}`)
}

/** Whether a panel's picture shows anything in a colour of the style sheet. */
export function hasColour(shown: Locator, name: string): Promise<boolean> {
  return shown.locator('canvas').evaluate((canvas, property) => {
    if (!(canvas instanceof HTMLCanvasElement)) return false
    const wanted = getComputedStyle(document.documentElement).getPropertyValue(property)
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
      data: [],
    }
    for (let at = 0; at < data.length; at += 4) {
      const hex = [0, 1, 2].map((part) => (data[at + part] ?? 0).toString(16).padStart(2, '0'))
      if (`#${hex.join('')}` === wanted && data[at + 3] === 255) return true
    }
    return false
  }, name)
}
