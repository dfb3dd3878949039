/** HTML of the little Markdown that the reference's texts are written in, headings a level lower than they stand. */
export function blocksHtml(markdown: string): string {
  return markdown
    .split(/\n{2,}/)
    .filter((block) => !block.startsWith('<!--'))
    .map(blockHtml)
    .join('\n')
}

export function inlineHtml(text: string): string {
  const spans = text.split(/(`[^`]+`)/)
  return spans.map((span) => (span.startsWith('`') ? codeHtml(span) : proseHtml(span))).join('')
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function codeHtml(span: string): string {
  return `<code>${escaped(span.slice(1, -1))}</code>`
}

/** Links lead to files that stand beside the Markdown alone. */
function proseHtml(text: string): string {
  return text
    .split(/(<[\w.]+@[\w.]+>)/)
    .map((part) =>
      /^<[\w.]+@[\w.]+>$/.test(part) ? mailHtml(part.slice(1, -1)) : proseAlone(part),
    )
    .join('')
}

function proseAlone(text: string): string {
  return escaped(text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'))
}

export function mailHtml(address: string): string {
  return `<a href="mailto:${address}">${address}</a>`
}

function blockHtml(block: string): string {
  if (block.startsWith('```')) {
    return `<pre tabindex="0"><code>${escaped(block.replace(/^```\w*\n|\n```$/g, ''))}</code></pre>`
  }
  if (block.startsWith('|')) return tableHtml(block)
  if (block.startsWith('- ')) {
    const items = block.slice(2).split(/\n- /)
    return `<ul>${items.map((item) => `<li>${inlineHtml(oneLine(item))}</li>`).join('')}</ul>`
  }
  const [, marks, heading] = /^(#+) (.*)$/.exec(block) ?? []
  return marks && heading
    ? `<h${marks.length}>${inlineHtml(heading)}</h${marks.length}>`
    : `<p>${inlineHtml(oneLine(block))}</p>`
}

function tableHtml(block: string): string {
  const [head = '', , ...rows] = block.split('\n')
  return `<div class="wide" tabindex="0"><table><thead>${rowHtml(head, 'th')}</thead><tbody>${rows.map((row) => rowHtml(row, 'td')).join('')}</tbody></table></div>`
}

function rowHtml(row: string, tag: 'th' | 'td'): string {
  const cells = row.slice(1, -1).split('|')
  return `<tr>${cells.map((cell) => `<${tag}>${inlineHtml(cell.trim())}</${tag}>`).join('')}</tr>`
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ')
}
