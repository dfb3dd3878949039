import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { takeNoOptions } from './no-options.ts'

const BUNDLE = 'dist/index.js'
/** The platform takes 3 MiB, but each is read at every cold start: docs/decisions/006-bundle-size.md. */
const MAX_GZIP_KIB = 88

takeNoOptions(
  'build',
  `Usage: npm run build

Builds ${BUNDLE}, the worker of production as it would be deployed, and fails where it is over ${MAX_GZIP_KIB} KiB gzip.`,
)

const program = 'node_modules/wrangler/bin/wrangler.js'
const choices = ['deploy', '--dry-run', '--outdir', 'dist', '--env', 'production']
const { status, stdout } = spawnSync(process.execPath, [program, ...choices], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
})
if (status !== 0) {
  process.stderr.write(stdout)
  process.exit(1)
}

const raw = statSync(BUNDLE).size / 1024
const gzip = gzipSync(readFileSync(BUNDLE), { level: 9 }).length / 1024
process.stdout.write(
  `${BUNDLE}: ${raw.toFixed(1)} KiB, ${gzip.toFixed(1)} KiB gzip (at most ${MAX_GZIP_KIB})\n`,
)
if (gzip > MAX_GZIP_KIB) {
  process.stderr.write(`build: the bundle is over ${MAX_GZIP_KIB} KiB gzip\n`)
  process.exitCode = 1
}
