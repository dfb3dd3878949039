import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { searched, usedIn } from '../wire/search.ts'
import type {} from './provided.ts'

/**
 * Whatever a run has produced is searched at its end for the secrets that it has used: the logs of the gateways, their
 * stores, the pages of their operators, what collectors and webhooks were sent, what a browser showed and kept, and what
 * commands have printed. One secret fails the run.
 */
export default async function setup(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'produced-'))
  project.provide('produced', folder)
  return async () => {
    const found = await searched(folder, await usedIn(folder))
    await rm(folder, { recursive: true, force: true })
    if (found.length > 0) throw new Error(`secrets got out:\n${found.join('\n')}`)
  }
}
