import { parseArgs } from 'node:util'

/** Ends a command that takes no options when it is given one: it was meant to do something else than it does. */
export function takeNoOptions(name: string, help: string): void {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
    if (!values.help) return
    process.stdout.write(`${help}\n`)
    process.exit()
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n')
    process.stderr.write(`${name}: ${reason}\n`)
    process.exit(1)
  }
}
