import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { gzipKibOf, MAX_GZIP_KIB } from './bundle-size.ts'
import { takeNoOptions } from './no-options.ts'

const BUNDLE = 'dist/index.js'

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
const gzip = gzipKibOf(BUNDLE)
process.stdout.write(
  `${BUNDLE}: ${raw.toFixed(1)} KiB, ${gzip.toFixed(1)} KiB gzip (at most ${MAX_GZIP_KIB})\n`,
)
if (gzip > MAX_GZIP_KIB) {
  process.stderr.write(`build: the bundle is over ${MAX_GZIP_KIB} KiB gzip\n`)
  process.exitCode = 1
}
