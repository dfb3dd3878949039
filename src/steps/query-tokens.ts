const NAMES = ['token', 'access_token']

/**
 * The query without the tokens in it: a server that prefers them to the header that was verified would serve somebody
 * else. What stays, stays byte for byte.
 */
export function withoutTokens(search: string): string {
  const kept = search
    .slice(1)
    .split('&')
    .filter((parameter) => !NAMES.includes(nameOf(parameter)))
    .join('&')
  return kept && `?${kept}`
}

// As far as these names need it: the rest may be broken, and is not ours to judge.
function nameOf(parameter: string): string {
  const [name = ''] = parameter.split('=', 1)
  return name.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
