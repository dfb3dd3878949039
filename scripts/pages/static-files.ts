import { readdir, readFile } from 'node:fs/promises'
import type { Files } from './write.ts'

const FOLDER = new URL('static/', import.meta.url)

/** What pages load, as it stands in `static`. */
export async function staticFiles(): Promise<Files> {
  const names = await readdir(FOLDER)
  const files = names.map(
    async (name) => [`assets/${name}`, await readFile(new URL(name, FOLDER), 'utf8')] as const,
  )
  return new Map(await Promise.all(files))
}
