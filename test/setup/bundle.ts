import type { TestProject } from 'vitest/node'
import { buildBundle } from '../../scripts/serve.ts'
import type {} from './provided.ts'

/** The worker as it is deployed, built once for all files. */
export default async function setup(project: TestProject) {
  const bundle = await buildBundle()
  project.provide('bundle', bundle.script)
  return () => bundle.remove()
}
