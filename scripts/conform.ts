import { writeFileSync } from 'node:fs'
import { commandFrom, help } from './conform/command-line.ts'
import { judge } from './conform/judge.ts'
import { jsonOf } from './conform/report/json.ts'
import { junitOf } from './conform/report/junit.ts'
import { textOf } from './conform/report/text.ts'

try {
  process.exitCode = await main()
} catch (error) {
  const [reason] = String(error instanceof Error ? error.message : error).split('\n')
  process.stderr.write(`conform: ${reason}\n`)
  process.exitCode = 2
}

async function main(): Promise<number> {
  const command = await commandFrom(process.argv.slice(2), process.env)
  if (!command) {
    process.stdout.write(`${help}\n`)
    return 0
  }
  const { options, json, junit } = command
  const { floodRequests, token, guarded, open } = options
  if (floodRequests > 0) {
    const path = token ? guarded : open
    process.stderr.write(`conform: this floods ${path} with up to ${floodRequests} requests\n`)
  }
  const report = await judge(options)
  if (junit !== undefined && junit !== '-') writeFileSync(junit, `${junitOf(report)}\n`)
  const printed = junit === '-' ? junitOf(report) : json ? jsonOf(report) : textOf(report)
  process.stdout.write(`${printed}\n`)
  return report.judged.some(({ judgement }) => judgement.verdict === 'broken') ? 1 : 0
}
