import { detailText, routeText, tableLines } from '../reference/occurrence.ts'
import type { CodeReference, Example, Reference } from '../reference/reference.ts'
import { documentHtml } from './document.ts'
import { escaped, inlineHtml, mailHtml } from './markdown.ts'

/** One code: what it means, how it comes about, what to do. */
export function errorCodeHtml(each: CodeReference, all: Reference): string {
  const { code, status, message, meaning, suggestion, repeat, comesAbout } = each
  const { title = '', text = '' } =
    all.categories.find(({ category }) => category === each.category) ?? {}
  return documentHtml({
    title: `${code}: ${message}`,
    scripts: ['error-code.js'],
    body: `<nav aria-label="Where this is"><a href="/_gateway/errors">Error codes</a> › <a href="/_gateway/errors#${each.category}">${escaped(title)}</a></nav>
<main class="prose">
<h1>${code.replaceAll('_', '_<wbr>')} <span class="status s${status}">${status}</span></h1>
<p class="lead">${escaped(meaning)}.</p>
<p id="yours" hidden>Your request’s correlation id is <code></code>: quote it when you ask.</p>
<dl>
<dt>Message</dt><dd>${escaped(message)}</dd>
<dt>Category</dt><dd><code>${each.category}</code></dd>
<dt>What to do</dt><dd>${escaped(suggestion)}</dd>
<dt>Repeat it?</dt><dd class="repeat-${repeat.answer}">${inlineHtml(sentence(repeat.text))}</dd>
</dl>
<h2>How it comes about</h2>
<p>${inlineHtml(comesAbout)}</p>
${tables(each)}
${routes(each)}
<h2>What to know of all ${escaped(title.toLowerCase())} errors</h2>
<p>${inlineHtml(text)}</p>
<h2>What <code>details</code> may hold</h2>
${details(each, all)}
<h2>An example</h2>
<pre tabindex="0"><code>${escaped(exampleText(each.example))}</code></pre>
</main>
<footer>Questions: ${mailHtml(all.support)}</footer>`,
  })
}

function tables(each: CodeReference): string {
  const lines = tableLines(each).map(
    ([label, text]) => `<dt>${escaped(label)}</dt><dd>${inlineHtml(text)}</dd>`,
  )
  return lines.length > 0 ? `<dl>${lines.join('\n')}</dl>` : ''
}

function routes({ routes: rows }: CodeReference): string {
  if (rows.length === 0) return ''
  const items = rows.map((row) => `<li>${inlineHtml(routeText(row))}</li>`)
  return `<details><summary>Routes of the built-in table that it is about: ${rows.length}</summary><ul class="routes">${items.join('\n')}</ul></details>`
}

function details({ details: own }: CodeReference, { upstreamDetails }: Reference): string {
  const items = (some: typeof own) =>
    `<ul>${some.map((detail) => `<li>${inlineHtml(detailText(detail))}</li>`).join('\n')}</ul>`
  const first = own.length > 0 ? items(own) : '<p>Of its own, the gateway adds none.</p>'
  return `${first}\n<p>Where an answer of the upstream has brought the code, also:</p>\n${items(upstreamDetails)}`
}

function exampleText({ status, headers, body }: Example): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status}`, ...lines, '', JSON.stringify(body, undefined, 2)].join('\n')
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
