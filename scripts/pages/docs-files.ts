import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { openApiDocument } from '../reference/openapi.ts'
import type { Files } from './write.ts'

const VIEWER = ['swagger-ui-bundle.js', 'swagger-ui.css']
const OURS = ['docs.js', 'docs.css']

/** The document of the API, and the page that draws it. */
export async function docsFiles(): Promise<Files> {
  const viewer = VIEWER.map(
    async (name) => [`assets/${name}`, await readFile(viewerFile(name), 'utf8')] as const,
  )
  const ours = OURS.map(async (name) => [`assets/${name}`, await ourFile(name)] as const)
  return new Map([
    ['openapi.json', JSON.stringify(await openApiDocument())],
    ['docs.html', await ourFile('docs.html')],
    ...(await Promise.all([...viewer, ...ours])),
  ])
}

function viewerFile(name: string): string {
  return createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`)
}

function ourFile(name: string): Promise<string> {
  return readFile(new URL(`docs/${name}`, import.meta.url), 'utf8')
}
