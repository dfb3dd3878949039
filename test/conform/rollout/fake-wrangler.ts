import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

/** What Cloudflare would know; the file is named by FAKE_CLOUDFLARE. */
export interface State {
  versions: { version_id: string; percentage: number }[]
  uploaded: string[]
  /** Each command as it was typed. */
  calls: string[]
  /** Commands that begin so fail, so many times. */
  failing: Record<string, number>
}

const text = { type: 'string' } as const
/** Of `wrangler versions --help` and the like, what a rollout may use; another flag is an error, as there. */
const FLAGS = {
  'deployments status': { env: text, json: { type: 'boolean' } },
  'versions upload': { env: text, message: text, tag: text },
  'versions deploy': { env: text, message: text, yes: { type: 'boolean', short: 'y' } },
  'triggers deploy': { env: text },
} as const

if (import.meta.main) {
  const file = process.env.FAKE_CLOUDFLARE ?? ''
  const state: State = JSON.parse(readFileSync(file, 'utf8'))
  const args = process.argv.slice(2)
  const typed = args.join(' ')
  state.calls.push(typed)
  const failing = Object.keys(state.failing).find((start) => typed.startsWith(start))
  try {
    if (failing !== undefined && (state.failing[failing] ?? 0) > 0) {
      state.failing[failing] = (state.failing[failing] ?? 0) - 1
      throw new Error('A request to the Cloudflare API failed.')
    }
    run(args, state)
  } catch (error) {
    process.stderr.write(`✘ [ERROR] ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  } finally {
    writeFileSync(file, JSON.stringify(state))
  }
}

function run([noun = '', verb = '', ...rest]: readonly string[], state: State): void {
  const name = `${noun} ${verb}`
  if (!isKnown(name)) throw new Error(`Unknown command: ${name}`)
  const options = FLAGS[name]
  const { values, positionals } = parseArgs({ args: [...rest], options, allowPositionals: true })
  if (values.env !== 'staging') throw new Error('No such environment')
  if (name === 'deployments status') {
    process.stdout.write(`${JSON.stringify({ id: 'd', versions: state.versions }, undefined, 2)}\n`)
  }
  if (name === 'versions upload') {
    const id = `00000000-0000-4000-8000-00000000000${state.uploaded.length + 2}`
    state.uploaded.push(id)
    const entry = { type: 'version-upload', version: 1, version_id: id }
    appendFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH ?? '', `${JSON.stringify(entry)}\n`)
  }
  if (name === 'versions deploy') state.versions = versionsFrom(positionals)
}

function versionsFrom(specs: readonly string[]): State['versions'] {
  const versions = specs.map((spec) => {
    const [version_id = '', percentage = ''] = spec.split('@')
    return { version_id, percentage: Number.parseFloat(percentage) }
  })
  const sum = versions.reduce((total, { percentage }) => total + percentage, 0)
  if (versions.length > 2 || sum !== 100) throw new Error('The percentages do not add up to 100%')
  return versions
}

function isKnown(name: string): name is keyof typeof FLAGS {
  return name in FLAGS
}
