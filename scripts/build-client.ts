import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { buildSync } from 'esbuild'
import { takeNoOptions } from './no-options.ts'

const BUILT = 'dist/client/index.js'
/** What a web page is asked to load for it. */
const MOST_GZIP_BYTES = 3_000

takeNoOptions(
  'build:client',
  `Usage: npm run build:client

Builds ${BUILT}, the client as one module for browsers, Node, Deno and Workers, and its types beside it,
and fails where it is over ${MOST_GZIP_BYTES} bytes gzip.`,
)

buildSync({
  entryPoints: ['src/client/index.ts'],
  outfile: BUILT,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  sourcemap: true,
})
const { status } = spawnSync('node_modules/.bin/tsc', ['-p', 'src/client'], { stdio: 'inherit' })
if (status !== 0) process.exit(1)

const built = readFileSync(BUILT)
const gzip = gzipSync(built, { level: 9 }).length
process.stdout.write(`${BUILT}: ${built.length} bytes, ${gzip} gzip (at most ${MOST_GZIP_BYTES})\n`)
if (gzip > MOST_GZIP_BYTES) {
  process.stderr.write(`build:client: the client is over ${MOST_GZIP_BYTES} bytes gzip\n`)
  process.exitCode = 1
}
