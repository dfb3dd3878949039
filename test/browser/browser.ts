import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findProgram } from '../../scripts/find-program.ts'
import { keepProduced } from '../wire/produced.ts'

const PROGRAM = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => findProgram(name))
  .find((path) => path !== undefined)

/** On a machine without a browser there is nothing to test with; in CI there has to be one. */
export const isAway = PROGRAM === undefined && !process.env.CI

/** A Chromium as it is installed on this machine. What its pages hold is kept when it is closed. */
export async function openBrowser(): Promise<Browser> {
  if (PROGRAM === undefined) throw new Error('no Chromium is installed')
  // Chromium will not run as root, as CI often does, inside its own sandbox.
  const browser = await chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] })
  const close = browser.close.bind(browser)
  return Object.assign(browser, {
    async close() {
      const pages = browser.contexts().flatMap((context) => context.pages())
      for (const page of pages) await keepProduced('browser', await heldBy(page))
      await close()
    },
  })
}

/** All that a page shows and keeps but for its scripts' memory. */
export async function heldBy(page: Page): Promise<string> {
  const cookies = await page.context().cookies()
  const held = await page.evaluate(async () => {
    const fields = document.querySelectorAll<HTMLInputElement>('input, textarea, select')
    const caches = 'caches' in globalThis ? await globalThis.caches.keys() : []
    return {
      fields: [...fields].map(({ value }) => value),
      local: { ...localStorage },
      session: { ...sessionStorage },
      databases: (await indexedDB.databases()).map(({ name }) => name),
      caches,
      state: history.state,
      name: window.name,
    }
  })
  return [page.url(), await page.content(), JSON.stringify({ cookies, ...held })].join('\n')
}

export interface Visited {
  readonly page: Page
  /** What the browser complained of: errors, what a policy forbade, what did not load. */
  readonly complaints: readonly string[]
  /** Hosts that anything was asked of. */
  readonly hosts: ReadonlySet<string>
}

/** A page in a window of its own. */
export async function visit(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Visited> {
  const page = await browser.newPage(options)
  const complaints: string[] = []
  const hosts = new Set<string>()
  page.on('framenavigated', (frame) => void keepProduced('browser', frame.url()))
  page.on('console', (message) => {
    void keepProduced('browser', message.text())
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`))
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()} ${response.status()}`)
  })
  await page.goto(address)
  return { page, complaints, hosts }
}
