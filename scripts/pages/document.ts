import { escaped } from './markdown.ts'

interface Page {
  readonly title: string
  /** HTML. */
  readonly body: string
  /** Files of `static`, beside the style that all pages have. */
  readonly scripts?: readonly string[]
}

/** A page of the gateway's own: nothing inline is styled or run, and nothing comes from elsewhere. */
export function documentHtml({ title, body, scripts = [] }: Page): string {
  const loaded = scripts.map(
    (name) => `<script type="module" src="/_gateway/assets/${name}"></script>\n`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="icon" href="/_gateway/assets/icon.svg">
<link rel="stylesheet" href="/_gateway/assets/pages.css">
${loaded.join('')}</head>
<body>
${body}
</body>
</html>
`
}
