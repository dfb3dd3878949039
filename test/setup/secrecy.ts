import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { secretsIn } from '../support/secrets.ts'
import type {} from './provided.ts'

/**
 * Whatever the gateways of a run have written, be it into their log, into the store, to a collector or for operators to
 * read, is searched at its end for the secrets that the run has used. One of them fails the run.
 */
export default async function setup(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'produced-'))
  project.provide('produced', folder)
  return async () => {
    const found = await searched(folder)
    await rm(folder, { recursive: true, force: true })
    if (found.length > 0) throw new Error(`secrets got out:\n${found.join('\n')}`)
  }
}

async function searched(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder)
  const texts = names.map(async (name) => ({
    name,
    text: await readFile(join(folder, name), 'utf8'),
  }))
  const [used, produced] = partition(await Promise.all(texts))
  const secrets = new Set(used.flatMap(({ text }) => text.split('\n')).filter(Boolean))
  return produced.flatMap(({ name, text }) =>
    secretsIn(text, secrets).map((secret) => `${name}: ${secret}`),
  )
}

interface Written {
  readonly name: string
  readonly text: string
}

function partition(all: readonly Written[]): [readonly Written[], readonly Written[]] {
  const isUsed = ({ name }: Written) => name.startsWith('used-')
  return [all.filter(isUsed), all.filter((file) => !isUsed(file))]
}
