const MAX_LENGTH = 1_000

/** More is not even searched: a pattern can take quadratic time, and anyone may have written the text. */
const MAX_SEARCHED = 4_000

/** Colours: what would be left of one without its control character looks like a word. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed.
const COLOUR = /(?:\x1b\[|\x9b)[\d;]*m/g

/** Control and format characters can hide a secret from the patterns below, and some readers break a line at others. */
const INVISIBLE = /[^\P{Cc}\t\n]|[\p{Cf}\u2028\u2029]/gu

// A quotation mark as it is written inside JSON inside JSON, in HTML and in a form.
const QUOTE = String.raw`\\{0,7}["'${'`'}]|&quot;|&#3[49];|\\u002[27]|%2[27]`
const NAME = String.raw`(?:pass(?:word|wd|phrase)|pwd|secret|token|api[-_ ]?key|private[-_]?key|credential|authorization)(?!s\b)[\w-]{0,16}`
const IS = String.raw`(?:${QUOTE})?\s{0,2}(?:[:=]>?|>|%3[AD])\s{0,2}`

/** The value of a telling name: to the mark that ends it where one begins it, to the end where none does. */
const NAMED = new RegExp(
  String.raw`(${NAME}${IS})(?:(${QUOTE})(?:(?!\2)(?:(?:\\{7}|\\{3}|\\).|.))*|(?:(?:bearer|basic|digest|token)\s+)?[^\s"'<>,;&\\]+)`,
  'gi',
)
const COOKIE = new RegExp(String.raw`(cookie${IS})[^\n]+`, 'gi')

// A JWT or what there is of it, also where its line was wrapped; keys by their prefixes; a credential after its scheme;
// a private key; an e-mail address. Each is bounded or anchored, so that no text takes long.
const BARE =
  /eyJ(?:[\w.=-]|\s(?=[\w.-]{24})){8,}|ctll_[\w-]+|\b(?:[spr]k_(?:live|test)|sk|gh[opsu]|whsec|xox[abp]|AKIA)[-_]?[\w-]{16,}|\b(?:bearer|basic)\s+[^\s"',]+|-----BEGIN [A-Z ]{0,20}PRIVATE KEY[\s\S]*?(?:-----END|$)|[^\s"'<>()[\]{},;:=/\\@%&]{1,64}(?:@|%40|&#64;|\\u0040)[^\s"'<>()[\]{},;:=/\\@%&]{1,63}\.[\w.-]{1,190}/gi

/** A URL's user and password; the password may hold an `@` of its own. */
const USERINFO = /(:(?:\\?\/){2})[^\s"'<>]{1,200}(?=@)/g
/** The same where the text was cut before the `@`; a host and its port look alike, but for the number. */
const CUT_USERINFO = /(:(?:\\?\/){2})[^\s"'<>/:]{1,64}:(?!\d{1,5}$)[^\s"'<>/]{0,200}$/

/** Without what looks like a secret or a person, and one line once it is JSON. */
export function redacted(text: string): string {
  return beginningOf(
    text
      .slice(0, 2 * MAX_SEARCHED)
      .replace(COLOUR, '')
      .replace(INVISIBLE, ''),
  )
    .replace(USERINFO, '$1[redacted]')
    .replace(CUT_USERINFO, '$1[redacted]')
    .replace(COOKIE, '$1[redacted]')
    .replace(NAMED, '$1$2[redacted]')
    .replace(BARE, '[redacted]')
    .slice(0, MAX_LENGTH)
    .toWellFormed()
}

/** Ends between two words: of a secret cut in two, the first half would not always be recognised as one. */
function beginningOf(text: string): string {
  if (text.length <= MAX_SEARCHED) return text
  let end = MAX_SEARCHED
  while (end > 0 && !/[\s"'<>&,;]/.test(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
