import {
  CATALOGUE,
  type Category,
  type ErrorCode,
  isErrorCode,
  STATUS_OF_CATEGORY,
  statusOf,
} from '../../src/contract/catalogue.ts'
import { CHAPTERS, OCCURRENCES } from './chapters.ts'
import { introduction, OUTSIDE } from './introduction.ts'

const CODES = Object.keys(CATALOGUE).filter(isErrorCode)

/** The error reference as Markdown; the same tables, the same text. */
export async function referencePage(): Promise<string> {
  const blocks = [await introduction(), ...overview(), ...categories().flatMap(chapter), OUTSIDE]
  return `${blocks.join('\n\n')}\n`
}

function overview(): string[] {
  const rows = CODES.map((code) => `| ${link(code)} | ${statusOf(code)} | ${retryOf(code)} |`)
  return ['## All codes', ['| code | status | repeat? |', '|---|---|---|', ...rows].join('\n')]
}

function chapter(category: Category): string[] {
  const { title, text } = CHAPTERS[category]
  const codes = CODES.filter((code) => CATALOGUE[code].category === category)
  return [
    `## ${title}: ${STATUS_OF_CATEGORY[category]}`,
    `Category \`${category}\`. ${text}`,
    ...codes.flatMap(entry),
  ]
}

function entry(code: ErrorCode): string[] {
  const { message, meaning, suggestion } = CATALOGUE[code]
  const occurrence = OCCURRENCES[code]
  const how =
    'here' in occurrence
      ? occurrence.here
      : `Only an upstream's answer brings it today: ${occurrence.upstream}`
  const lines = [
    `- **Message:** ${message}`,
    `- **Meaning:** ${meaning}`,
    `- **What to do:** ${suggestion}`,
    `- **Repeat:** ${retryOf(code)}`,
    `- **How it comes about:** ${how}`,
  ]
  return [`### ${code}`, lines.join('\n')]
}

function retryOf(code: ErrorCode): string {
  return OCCURRENCES[code].retry ?? CHAPTERS[CATALOGUE[code].category].retry
}

function link(code: ErrorCode): string {
  return `[${code}](#${code.toLowerCase()})`
}

function categories(): Category[] {
  return [...new Set(CODES.map((code) => CATALOGUE[code].category))]
}
