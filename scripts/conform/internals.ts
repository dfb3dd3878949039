/** What no client should see: how the program is built, what it asked others, whom it asked, what opens doors. */
const INTERNALS: readonly (readonly [string, RegExp])[] = [
  ['a stack', /\bat [^\n"]*(?:\.[cm]?[jt]sx?|node:[\w/]+|<anonymous>):\d+:\d+/],
  ['a stack', /Traceback \(most recent call last\)|goroutine \d+ \[|\.(?:java|kt|go|rb|php):\d+\b/],
  ['a file of the server', /\bnode_modules\b|\b[A-Z]:\\\\[\w\\]+/],
  [
    'a file of the server',
    /(?<![\w.-])\/(?:usr|home|var|opt|srv|etc|root|app|tmp)\/[\w./-]+\.(?:[cm]?[jt]sx?|py|rb|go|php|jar|conf|env|log|sock|pem|key|ya?ml|sql)\b/,
  ],
  [
    'SQL',
    /\b(?:SELECT\b.+\bFROM|INSERT INTO|DELETE FROM|UPDATE \w+ SET|violates [\w-]+ constraint)\b/,
  ],
  ['an error of the network', /\bE(?:CONNREFUSED|CONNRESET|NOTFOUND|TIMEDOUT|HOSTUNREACH|PIPE)\b/],
  [
    'an address inside',
    /\b(?:127\.\d+|10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+:\d+|\blocalhost:\d+/,
  ],
  ['a password', /\b[a-z][a-z+.-]*:\/\/[^\s/":@]+:[^\s/"@]+@/i],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY/],
  ['a token', /\beyJ[\w-]{8,}\.[\w-]{8,}\./],
]

/** Named by its kind, with where it begins. `host` is the judged one's own name, which is no secret. */
export function internalsIn(text: string, host = ''): string | undefined {
  for (const [what, pattern] of INTERNALS) {
    const [found] = pattern.exec(text) ?? []
    if (found && found !== host) return `${what}: ${found.slice(0, 80)}`
  }
  return undefined
}
