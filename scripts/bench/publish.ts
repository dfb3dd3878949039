import { readFile, writeFile } from 'node:fs/promises'
import type { Findings } from './findings.ts'
import { pageOf } from './page.ts'
import { firstBytePlot, processorPlot } from './plot/plots.ts'
import { readmeWith } from './readme.ts'

const ROOT = new URL('../../', import.meta.url)

/** Everything that shows the figures of a run; `text` is how they are stored. */
export async function write(findings: Findings, text: string): Promise<void> {
  for (const [name, content] of await filesFrom(findings, text)) {
    await writeFile(new URL(name, ROOT), content)
  }
}

/** The files that show something else. */
export async function staleFiles(findings: Findings, text: string): Promise<string[]> {
  const stale: string[] = []
  for (const [name, content] of await filesFrom(findings, text)) {
    const written = await readFile(new URL(name, ROOT), 'utf8').catch(() => undefined)
    if (written !== content) stale.push(name)
  }
  return stale
}

async function filesFrom(findings: Findings, text: string): Promise<Map<string, string>> {
  const readme = await readFile(new URL('README.md', ROOT), 'utf8')
  return new Map([
    ['docs/benchmarks.json', text],
    ['docs/benchmarks.md', pageOf(findings)],
    ['docs/benchmarks.svg', await processorPlot(findings)],
    ['docs/benchmarks-first-byte.svg', await firstBytePlot(findings)],
    ['README.md', readmeWith(readme, findings)],
  ])
}
