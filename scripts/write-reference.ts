import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { referencePage } from './reference/page.ts'

const help = `Usage: npm run reference -- [--check] [file]

Writes the error reference, docs/errors.md unless another file is named.

  --check   writes nothing; exits 1 when the file is not what would be written`

const ERRORS_PAGE = fileURLToPath(new URL('../docs/errors.md', import.meta.url))

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  const [file = ERRORS_PAGE] = positionals
  if (values.help) process.stdout.write(`${help}\n`)
  else if (values.check) await compare(file)
  else await writeFile(file, await referencePage())
} catch (error) {
  process.stderr.write(`reference: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

async function compare(file: string): Promise<void> {
  const written = await readFile(file, 'utf8')
  if (written !== (await referencePage())) {
    throw new Error(`${file} is stale: write it anew with npm run reference`)
  }
}
