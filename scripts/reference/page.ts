import { introduction, OUTSIDE } from './introduction.ts'
import { detailText, routeText, tableLines } from './occurrence.ts'
import {
  type CategoryReference,
  type CodeReference,
  type Reference,
  reference,
} from './reference.ts'

/** The error reference as Markdown; the same tables, the same text. */
export async function referencePage(): Promise<string> {
  const all = await reference()
  const blocks = [
    MARK,
    await introduction(),
    ...overview(all),
    ...all.categories.flatMap((category) => chapter(category, all)),
    OUTSIDE,
  ]
  return `${blocks.join('\n\n')}\n`
}

const MARK =
  '<!-- Written by npm run reference from src/contract/catalogue.ts and scripts/reference. -->'

function overview({ codes }: Reference): string[] {
  const rows = codes.map(
    ({ code, status, repeat }) =>
      `| [${code}](#${code.toLowerCase()}) | ${status} | ${repeat.text} |`,
  )
  return ['## All codes', ['| code | status | repeat? |', '|---|---|---|', ...rows].join('\n')]
}

function chapter({ category, title, status, text }: CategoryReference, all: Reference): string[] {
  return [
    `## ${title}: ${status}`,
    `Category \`${category}\`. ${text}`,
    ...all.codes.filter((each) => each.category === category).flatMap(entry),
  ]
}

function entry(each: CodeReference): string[] {
  const { code, message, meaning, suggestion, repeat, comesAbout, details } = each
  const lines = [
    `- **Message:** ${message}`,
    `- **Meaning:** ${meaning}`,
    `- **What to do:** ${suggestion}`,
    `- **Repeat:** ${repeat.text}`,
    `- **How it comes about:** ${comesAbout}`,
    ...tableLines(each).map(([label, text]) => `- **${label}:** ${text}`),
    ...(details.length > 0 ? ['- **What `details` may hold:**'] : []),
    ...details.map((detail) => `  - ${detailText(detail)}`),
  ]
  return [`### ${code}`, lines.join('\n'), ...routes(each), example(each)]
}

function routes({ routes: rows }: CodeReference): string[] {
  if (rows.length === 0) return []
  const list = rows.map((row) => `- ${routeText(row)}`).join('\n')
  return [folded(`Routes of the built-in table that it is about: ${rows.length}`, list)]
}

function example({ example: { body } }: CodeReference): string {
  return folded('Example', `\`\`\`json\n${JSON.stringify(body, undefined, 2)}\n\`\`\``)
}

function folded(summary: string, text: string): string {
  return `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`
}
