import { parseArgs } from 'node:util'
import { newSigningKey } from './signing-key.ts'

const help = `Usage: npm run -s mint-key [| npx wrangler secret put GATEWAY_SIGNING_KEY --env production]

Prints one new Ed25519 key as a private JWK on one line: a value for GATEWAY_SIGNING_KEY.
Keep a copy where you keep secrets; the platform shows a secret to nobody, and the next rotation needs it.

  --help`

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  process.stdout.write(`${values.help ? help : newSigningKey()}\n`)
} catch (error) {
  const [reason] = String(error instanceof Error ? error.message : error).split('\n')
  process.stderr.write(`mint-key: ${reason}\n`)
  process.exitCode = 1
}
