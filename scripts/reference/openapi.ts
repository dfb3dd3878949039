/** By its address: what it is computed from is typed for the Workers runtime, and this file for Node's. */
const DOCUMENT = new URL('../openapi/document.ts', import.meta.url).href

interface Maker {
  openApiDocument(): Promise<object>
}

export async function openApiDocument(): Promise<object> {
  const maker: Maker = await import(/* @vite-ignore */ DOCUMENT)
  return maker.openApiDocument()
}

/** A line for each member; references, of which there are thousands, on one line. */
export async function openApiText(): Promise<string> {
  const text = JSON.stringify(await openApiDocument(), null, 1)
  return `${text.replace(/\{\s+("\$ref": "[^"]*")\s+\}/g, '{ $1 }')}\n`
}
