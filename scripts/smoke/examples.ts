/** A line to paste and what is said to come back. */
export interface Example {
  readonly line: string
  readonly answer: string
}

/** The README's shell blocks that hold one curl line, each with the block that follows it. */
export function readmeExamples(markdown: string): readonly Example[] {
  const blocks = [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ([, language, text = '']) => ({ language, text: text.trim() }),
  )
  return blocks.flatMap(({ language, text }, i) => {
    const next = blocks[i + 1]
    if (language !== 'sh' || !/^curl .*$/.test(text) || !next) return []
    return [{ line: text, answer: next.text }]
  })
}

/** The lines that `npm run dev` prints, each under the status that it promises. */
export function printedExamples(printed: string): readonly Example[] {
  const found = printed.matchAll(/^# (\d{3})\n(curl .+)$/gm)
  return [...found].map(([, status = '', line = '']) => ({ line, answer: status }))
}

export function tokensIn(printed: string): Readonly<Record<string, string>> {
  const found = printed.matchAll(/^([A-Z]+)=(\S+)$/gm)
  return Object.fromEntries([...found].map(([, name = '', token = '']) => [name, token]))
}

const volatile: readonly (readonly [RegExp, string])[] = [
  [/req-[0-9a-z]+-[0-9a-z]+/g, 'req-…'],
  [/^(Date|Retry-After|X-RateLimit-Remaining|X-RateLimit-Reset|RateLimit): .*$/gim, '$1: …'],
  [/"retryAfter":\d+/g, '"retryAfter":…'],
]

/** An answer without what differs from one run to the next. */
export function stable(answer: string): string {
  return volatile.reduce(
    (text, [pattern, replacement]) => text.replace(pattern, replacement),
    answer.replaceAll('\r', '').trim(),
  )
}

/** The status in what curl wrote: of the status line, or at the very end where `-w` puts that of its last answer. */
export function statusOf(output: string): string | undefined {
  return (/^HTTP\/[\d.]+ (\d{3})/.exec(output) ?? / (\d{3})\s*$/.exec(output))?.[1]
}
