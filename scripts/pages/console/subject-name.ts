/** What an operator typed, as the gateway names subjects: an address needs no word before it. */
export function subjectFrom(typed: string): string {
  const text = typed.trim()
  if (/^(?:ip|user|key):/.test(text)) return text
  if (/^[0-9a-f]{64}$/i.test(text)) return `key:${text.toLowerCase()}`
  return text.includes('|') ? `user:${text}` : `ip:${text}`
}
