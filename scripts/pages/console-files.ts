import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { build } from 'esbuild'
import type { Files } from './write.ts'

const FOLDER = new URL('console/', import.meta.url)
const PLOTTER = createRequire(import.meta.url).resolve('uplot/package.json')

/** The operators' console: its page, its style, and its modules with the plotting library as one script. */
export async function consoleFiles(): Promise<Files> {
  const [page, ours, style, terms, script] = await Promise.all([
    readFile(new URL('console.html', FOLDER), 'utf8'),
    readFile(new URL('console.css', FOLDER), 'utf8'),
    plotterFile('dist/uPlot.min.css'),
    plotterFile('LICENSE'),
    scriptWith(),
  ])
  const notice = `/*! uPlot (https://github.com/leeoniya/uPlot)\n${terms.trim()}\n*/\n`
  return new Map([
    ['console.html', page],
    ['assets/console.css', `${notice}${style}\n${ours}`],
    ['assets/console.js', `${notice}${script}`],
  ])
}

async function scriptWith(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL('main.ts', FOLDER).pathname],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'inline',
    write: false,
  })
  const [file] = outputFiles
  if (!file) throw new Error('esbuild has written nothing')
  return file.text
}

function plotterFile(path: string): Promise<string> {
  return readFile(new URL(path, `file://${PLOTTER}`), 'utf8')
}
