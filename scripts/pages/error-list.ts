import { introduction, OUTSIDE } from '../reference/introduction.ts'
import type { CategoryReference, CodeReference, Reference } from '../reference/reference.ts'
import { documentHtml } from './document.ts'
import { blocksHtml, escaped, inlineHtml, mailHtml } from './markdown.ts'

/** All codes, to be read, searched and filtered. Without scripts it is read. */
export async function errorListHtml(all: Reference): Promise<string> {
  const [, ...about] = (await introduction()).split(/\n(?=## )/)
  return documentHtml({
    title: 'Error codes',
    scripts: ['errors.js'],
    body: `<main>
<h1>Error codes</h1>
<p>Every error that this gateway answers has one of these ${all.codes.length} codes, whichever server failed. Questions: ${mailHtml(all.support)}. <a href="#about">What an error answer carries</a>, and when to repeat a request.</p>
${controls(all)}
${all.categories.map((category) => chapter(category, all)).join('\n')}
<section id="about" class="prose">
${blocksHtml([...about, OUTSIDE].join('\n\n'))}
</section>
</main>`,
  })
}

/** Of no use without the script, which shows them. */
function controls({ categories, codes }: Reference): string {
  const statuses = [...new Set(codes.map(({ status }) => status))].sort((a, b) => a - b)
  return `<form id="find" role="search" hidden>
<label>Search <input type="search" name="q" autocomplete="off" spellcheck="false" placeholder="a code, or words about it"></label>
${select(
  'Status',
  'status',
  statuses.map((status) => [`${status}`, `${status}`]),
)}
${select(
  'Category',
  'category',
  categories.map(({ category, title }) => [category, title]),
)}
<output id="found" aria-live="polite"></output>
</form>
<p id="nothing" hidden>No code is like that. <button type="reset" form="find">Show all</button></p>`
}

function select(label: string, name: string, options: readonly (readonly [string, string])[]) {
  const all = [['', 'all'] as const, ...options]
  const lines = all.map(([value, text]) => `<option value="${value}">${escaped(text)}</option>`)
  return `<label>${label} <select name="${name}">${lines.join('')}</select></label>`
}

function chapter({ category, status, title, text }: CategoryReference, all: Reference): string {
  const codes = all.codes.filter((each) => each.category === category)
  return `<section class="chapter" aria-labelledby="${category}">
<h2 id="${category}">${escaped(title)} <span class="status s${status}">${status}</span></h2>
<p class="says">${inlineHtml(text)}</p>
<ul class="codes">
${codes.map(item).join('\n')}
</ul>
</section>`
}

function item({ code, status, category, message, meaning, suggestion, repeat }: CodeReference) {
  const words = [code, code.replaceAll('_', ' '), status, category, message, meaning, suggestion]
  return `<li data-status="${status}" data-category="${category}" data-words="${escaped(words.join(' ').toLowerCase())}"><a href="/_gateway/errors/${code}">${code}</a> <span>${escaped(meaning)}.</span> <small>Repeat: ${inlineHtml(repeat.text)}</small></li>`
}
