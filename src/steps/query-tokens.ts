const NAMES = ['token', 'access_token']

/**
 * The query without the tokens in it: a server that prefers them to the header that was verified would serve somebody
 * else. What stays, stays byte for byte.
 */
export function withoutTokens(search: string): string {
  if (search === '') return search
  const kept = search
    .slice(1)
    .split('&')
    .filter((parameter) => !NAMES.includes(nameOf(parameter)))
    .join('&')
  return kept && `?${kept}`
}

/** The tokens in the query, each as often as it is there. */
export function tokensIn(search: string): string[] {
  return search
    .slice(1)
    .split('&')
    .filter((parameter) => NAMES.includes(nameOf(parameter)))
    .map((parameter) => decodeAscii(parameter.slice(parameter.indexOf('=') + 1 || Infinity)))
    .filter((token) => token !== '')
}

function nameOf(parameter: string): string {
  const [name = ''] = parameter.split('=', 1)
  return decodeAscii(name)
}

// As far as these names and tokens need it: the rest may be broken, and is not ours to judge. Nor may it end a header.
function decodeAscii(text: string): string {
  return text.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
