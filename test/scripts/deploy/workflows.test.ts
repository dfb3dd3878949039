import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { commandFrom as rolloutFrom } from '../../../scripts/rollout/command-line.ts'

const ROOT = join(import.meta.dirname, '../../..')
const WORKFLOWS = ['ci', 'deploy'] as const

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly if?: string
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: unknown
  readonly jobs: Readonly<Record<string, { uses?: string; steps?: Step[]; environment?: string }>>
}

async function read(name: string): Promise<Workflow> {
  const text = await readFile(join(ROOT, `.github/workflows/${name}.yml`), 'utf8')
  const document = parseDocument(text, { uniqueKeys: true, strict: true })
  expect([...document.errors, ...document.warnings]).toEqual([])
  return document.toJS()
}

const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps = [] }) => steps)

describe.each(WORKFLOWS)('the workflow %s', (name) => {
  it('may read this repository, and nothing else', async () => {
    expect((await read(name)).permissions).toEqual({ contents: 'read' })
  })

  it('takes actions of others at one commit each, and leaves them no credentials', async () => {
    const used = stepsOf(await read(name)).flatMap(({ uses }) => (uses ? [uses] : []))

    expect(used.filter((action) => !/^actions\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([])
    const text = await readFile(join(ROOT, `.github/workflows/${name}.yml`), 'utf8')
    const checkouts = text.match(/actions\/checkout@/g) ?? []
    expect(text.match(/persist-credentials: false/g)).toHaveLength(checkouts.length)
  })

  it('runs commands that there are', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    const text = stepsOf(await read(name))
      .map(({ run = '' }) => run)
      .join('\n')
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script)

    expect(named.filter((script) => !(String(script) in scripts))).toEqual([])
  })

  it('puts no expression into a shell, where its text would be a command', async () => {
    const runs = stepsOf(await read(name)).map(({ run = '' }) => run)

    expect(runs.filter((run) => run.includes('${{'))).toEqual([])
  })
})

describe('the workflow deploy', () => {
  it('checks, examines and then rolls out', async () => {
    const { jobs } = await read('deploy')

    expect(jobs.ci?.uses).toBe('./.github/workflows/ci.yml')
    expect(stepsOf(await read('ci')).map(({ run }) => run)).toContain('.ci/run')
    const commands = (jobs.rollout?.steps ?? []).flatMap(({ run }) => run?.split(' -- ')[0] ?? [])
    expect(commands).toEqual([
      'npm ci',
      'npm run doctor',
      expect.stringMatching(/^npx wrangler deployments status --json/),
      'npm run rollout',
      expect.stringMatching(/npx wrangler versions deploy "\$before@100%" --env "\$TARGET" -y\n$/),
    ])
  })

  it('goes to production only when somebody asks for it', async () => {
    const { on, jobs } = await read('deploy')

    expect(Object.keys(on)).toEqual(['push', 'workflow_dispatch'])
    expect(on.push).toEqual({ branches: ['main'] })
    expect(jobs.rollout?.environment).toBe(`\${{ inputs.environment || 'staging' }}`)
  })

  it('gives the rollout options that it knows', async () => {
    const [run] = stepsOf(await read('deploy')).flatMap(({ run = '' }) =>
      run.startsWith('npm run rollout -- ') ? [run] : [],
    )
    const values: Readonly<Record<string, string>> = {
      TARGET: 'staging',
      URL: 'https://staging.acme.test',
      GITHUB_SHA: 'abc',
    }
    const args = (run ?? '').split(' ').slice(4)

    const command = rolloutFrom(
      args.map((arg) => arg.replace(/^"\$(\w+)"$/, (_, name) => values[name] ?? '')),
    )

    expect(command).toMatchObject({ environment: 'staging', message: 'abc', conformOnly: false })
    expect(command?.url.href).toBe('https://staging.acme.test/')
  })
})

describe('the button that deploys', () => {
  it('explains each setting that it asks for, and asks for no other', async () => {
    const { cloudflare } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    const example = await readFile(join(ROOT, '.dev.vars.example'), 'utf8')
    const asked = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)

    expect(Object.keys(cloudflare.bindings).sort()).toEqual(asked.sort())
  })
})
