import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { secretsIn } from '../support/secrets.ts'

/** The names of files that list secrets, not texts to be searched, begin so. */
export const USED = 'used-'

/** Each secret that stands in a file of the folder, as `file: secret`; beside those given whatever looks like one. */
export async function searched(
  folder: string,
  secrets: ReadonlySet<string>,
): Promise<readonly string[]> {
  const produced = (await filesIn(folder)).filter((name) => !name.startsWith(USED))
  const found = produced.map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8')
    return secretsIn(text, secrets).map((secret) => `${name}: ${secret}`)
  })
  return (await Promise.all(found)).flat()
}

/** Those that the run has named. */
export async function usedIn(folder: string): Promise<ReadonlySet<string>> {
  const lists = (await filesIn(folder)).filter((name) => name.startsWith(USED))
  const texts = await Promise.all(lists.map((name) => readFile(join(folder, name), 'utf8')))
  return new Set(texts.flatMap((text) => text.split('\n')).filter(Boolean))
}

async function filesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).toSorted()
}
