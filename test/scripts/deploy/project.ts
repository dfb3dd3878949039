import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { keepProduced, keepSecretSettings } from '../../wire/produced.ts'

const ROOT = join(import.meta.dirname, '../../..')

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A folder with a wrangler.toml of its own, and this repository's commands run in it. */
export interface Project {
  readonly folder: string
  run(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended>
  remove(): Promise<void>
}

export async function openProject(files: Readonly<Record<string, string>>): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-deploy-'))
  await Promise.all(
    Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)),
  )
  return {
    folder,
    async run(script, args, env) {
      await keepSecretSettings(env)
      const ended: Ended = await promisify(execFile)(
        process.execPath,
        [join(ROOT, 'scripts', script), ...args],
        // Nothing of the machine's own settings: whoever runs this may be logged in somewhere.
        { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...env } },
      ).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
      )
      await keepProduced('command', `${script}\n${ended.stdout}\n${ended.stderr}`)
      return ended
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** An environment `staging` of a worker `gateway-staging`, with these variables. */
export function wranglerToml(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(
    ([name, value]) => `${name} = ${JSON.stringify(value)}`,
  )
  return [
    'name = "gateway"',
    'compatibility_date = "2026-11-01"',
    '[env.staging]',
    'name = "gateway-staging"',
    '[env.staging.vars]',
    ...lines,
    '',
  ].join('\n')
}
