import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findProgram } from '../../scripts/find-program.ts'

const PROGRAM = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => findProgram(name))
  .find((path) => path !== undefined)

/** On a machine without a browser there is nothing to test with; in CI there has to be one. */
export const isAway = PROGRAM === undefined && !process.env.CI

/** A Chromium as it is installed on this machine. */
export function openBrowser(): Promise<Browser> {
  if (PROGRAM === undefined) throw new Error('no Chromium is installed')
  // Chromium will not run as root, as CI often does, inside its own sandbox.
  return chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] })
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
  page.on('console', (message) => {
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
