import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openApiText } from './reference/openapi.ts'
import { referencePage } from './reference/page.ts'

const help = `Usage: npm run reference -- [--check] [file]

Writes the error reference and the OpenAPI document, docs/errors.md and docs/openapi.json; or the one of them that the
named file's ending means, .md or .json, there.

  --check   writes nothing; exits 1 when a file is not what would be written`

const DOCS = ['../docs/errors.md', '../docs/openapi.json'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  const files = positionals.length > 0 ? positionals : DOCS
  if (values.help) process.stdout.write(`${help}\n`)
  else for (const file of files) await (values.check ? compare(file) : write(file))
} catch (error) {
  process.stderr.write(`reference: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

function textFor(file: string): Promise<string> {
  return file.endsWith('.json') ? openApiText() : referencePage()
}

async function write(file: string): Promise<void> {
  await writeFile(file, await textFor(file))
}

async function compare(file: string): Promise<void> {
  const written = await readFile(file, 'utf8')
  if (written !== (await textFor(file))) {
    throw new Error(`${file} is stale: write it anew with npm run reference`)
  }
}
