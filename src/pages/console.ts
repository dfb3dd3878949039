/**
 * Stricter than other pages: an operator's token is typed into it. No text can become markup or a script even by a
 * mistake of ours, and no browser keeps the page, in its cache or as it was left.
 */
export const CONSOLE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'Cache-Control': 'no-store',
}
