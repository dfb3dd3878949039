import { ALLOWED_REQUEST_HEADERS } from './headers.ts'

/** What holds for every operation. */
export const DESCRIPTION = `A good answer of the API passes byte for byte. Everything else is one envelope with one of 39 codes, whose category
decides the status: no answer has another status than an operation lists, and no code another status than its own.

**Codes.** Each error answer lists what can be said there. What only an answer of the API brings is marked so, and
\`X-Gateway-Error-Source\` tells it on the answer. On any path that is not listed here, and for a method that its path does
not take: 404 NOT_FOUND, with \`Allow\` for the latter.

**Limits.** The numbers are the built-in ones; a deployment can change them, and the headers of every answer tell.
429 and 503 carry \`Retry-After\`: whoever waits that long may come again.

**HEAD** is answered wherever GET is, without a body. **OPTIONS** is forwarded where a row takes every method. A
preflight of CORS is answered 204 by the gateway and counts nothing; pages of allowed origins may send
\`${ALLOWED_REQUEST_HEADERS}\`.

**Paths.** A path that ends in \`{rest}\` stands for all below it, however deep. Paths are case-sensitive, and those with an
encoded slash, dot segments or empty segments are refused.

**Another table.** This document is about the built-in table of routes. Where the setting \`ROUTES\` replaces it, the gateway
does not serve it.

Every answer has headers beside those listed, for the safety of browsers: \`X-Content-Type-Options\`, \`X-Frame-Options\`,
\`Referrer-Policy\`, \`Cross-Origin-Opener-Policy\`, \`Content-Security-Policy\`, and over HTTPS \`Strict-Transport-Security\`.`
