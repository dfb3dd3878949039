/** A string, or a mark that gives the text around it its structure. */
const MARKS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g

/**
 * Whether the text of a JSON object names a member of its own twice. Of two, JSON.parse keeps the last and another
 * reader may keep the first; so the text has more members than what was kept.
 */
export function repeatsMember(json: string, kept: object): boolean {
  let depth = 0
  let members = 0
  for (const [mark] of json.matchAll(MARKS)) {
    if (mark === '{' || mark === '[') depth += 1
    if (mark === '}' || mark === ']') depth -= 1
    if (mark === ':' && depth === 1) members += 1
  }
  return members > Object.keys(kept).length
}
