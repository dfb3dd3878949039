import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { consoleFiles } from './console-files.ts'
import { docsFiles } from './docs-files.ts'
import { errorPages } from './error-pages.ts'
import { staticFiles } from './static-files.ts'

/** Paths in the folder that the gateway serves its pages from, and what stands there. */
export type Files = ReadonlyMap<string, string>

/** Whoever has pages to serve adds a line. */
const SOURCES: readonly (() => Promise<Files>)[] = [
  staticFiles,
  errorPages,
  docsFiles,
  consoleFiles,
]

/** Leaves the folder with these files and no others. Another build may be reading it: what is right stays untouched. */
export async function writePages(folder: string): Promise<void> {
  const files = (await Promise.all(SOURCES.map((source) => source()))).flatMap((some) => [...some])
  await Promise.all(files.map(([path, text]) => writeChanged(join(folder, path), text)))
  const wanted = new Set(files.map(([path]) => path))
  const stale = (await filesIn(folder)).filter((path) => !wanted.has(path))
  await Promise.all(stale.map((path) => rm(join(folder, path), { force: true })))
}

async function writeChanged(path: string, text: string): Promise<void> {
  const written = await readFile(path, 'utf8').catch(() => undefined)
  if (written === text) return
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
}
