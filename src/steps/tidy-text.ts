const MAX_LENGTH = 300

/** A foreign sentence as one bounded line, or nothing where none is left. */
export function tidyText(text: string): string | undefined {
  const tidy = text
    // A message that carries its stack trace ends where the trace begins.
    .replace(/\r?\n[ \t]*at [\s\S]*$/, '')
    .replace(/\s+/g, ' ')
    // Format characters too: direction marks can make a line read as another one.
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, MAX_LENGTH)
    .replace(/[\uD800-\uDBFF]$/, '')
    .toWellFormed()
  return tidy === '' ? undefined : tidy
}
