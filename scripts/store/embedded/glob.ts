import type { Bytes } from '../engine.ts'

/** Redis's patterns: `*`, `?`, `[a-c]`, `[^a]`, and a backslash before a character meant literally. */
export function globFrom(pattern: Bytes): (key: Bytes) => boolean {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at)
    if (char === '*') source += '.*'
    else if (char === '?') source += '.'
    else if (char === '[') {
      const group = /^\[(\^?)((?:\\.|[^\]\\])*)\]?/s.exec(pattern.slice(at))
      source += groupFrom(group?.[1] ?? '', group?.[2] ?? '')
      at += (group?.[0].length ?? 1) - 1
    } else if (char === '\\' && at + 1 < pattern.length) source += literal(pattern.charAt(++at))
    else source += literal(char)
  }
  const expression = new RegExp(`^${source}$`, 's')
  return (key) => expression.test(key)
}

function groupFrom(negation: string, members: string): string {
  if (members === '') return negation === '^' ? '.' : '(?!)'
  const parts = members.replace(/\\(.)|[\]^[]/gs, (whole, escaped) => literal(escaped ?? whole))
  return `[${negation}${parts}]`
}

function literal(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
}
