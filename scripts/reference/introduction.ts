import { deny } from '../../src/contract/decision.ts'
import { answerTo } from '../../src/contract/envelope.ts'
import { UPSTREAM_DETAILS } from './details.ts'
import { detailText } from './occurrence.ts'
import { SUPPORT } from './support.ts'

const EXAMPLE = deny('RATE_LIMIT_EXCEEDED_USER', { retryAfter: 42 })
const EXAMPLE_ID = 'req-mws60hvs-73lhwt3b2cl2ws4t'

/** What holds for every error answer, with one that the envelope's own code has built. */
export async function introduction(): Promise<string> {
  const answer = answerTo(EXAMPLE, EXAMPLE_ID)
  const body = JSON.stringify(await answer.json(), undefined, 2)
  return `# Errors

Every error that the gateway answers has the same body and one of the codes below, whichever server failed. A code
belongs to one category, and the category decides the HTTP status.

## What an error answer carries

With status ${answer.status}:

\`\`\`json
${body}
\`\`\`

\`message\`, \`category\` and \`statusCode\` are the same each time a code is sent; decide by \`code\`, not by text. \`details\`
is there when there is something to add. \`correlationId\` names this exchange in the gateway's log and in the
upstream's: quote it when you ask for help, at <${SUPPORT}>.

| header | on which answers | what it says |
|---|---|---|
| \`X-Correlation-ID\` | all, good ones too | the id in the body: the client's own, from \`X-Correlation-ID\` or \`X-Request-ID\`, where it is 8 to 128 letters, digits and \`. _ : -\` and begins with a letter or digit; otherwise one made for the exchange |
| \`X-RateLimit-Limit\`, \`X-RateLimit-Remaining\`, \`X-RateLimit-Reset\` | all, good ones too | the window with the smallest share left, or the one that refused; the reset in Unix seconds. An answer that counted nothing shows what its address was last shown, or a full window |
| \`Link\` | all errors | where the code is explained: \`</_gateway/errors/CODE>; rel="help"\` |
| \`Retry-After\` | 429 and 503 | the seconds to wait, the same number as \`details.retryAfter\` (here ${answer.headers.get('Retry-After')}) |
| \`WWW-Authenticate\` | 401, and 403 for want of a permission | \`Bearer\`, with \`error="invalid_token"\` where an access token is refused, and \`error="insufficient_scope"\` where it lacks permissions; \`scope\` then names them, if all are needed |
| \`Allow\` | 404 for a method that the path does not take | the methods that it does take. Of an upstream's 4xx, \`Allow\`, \`Accept-…\` and \`Content-Range\` are kept |

The gateway has this page too, at \`/_gateway/errors\`, and one per code at \`/_gateway/errors/CODE\`: HTML for people, and
JSON for programs that ask for \`application/json\`. Routes and limits there and here are the built-in ones; the settings
\`ROUTES\` and \`LIMITS\` may change them.

## Problem details

Who names \`application/problem+json\` in \`Accept\`, and wants it no less than \`application/json\`, gets the members of
RFC 9457 beside an unchanged \`error\`: \`type\` is the address of the code's page, \`title\` the message, \`status\`,
\`detail\` the suggestion, and \`instance\` the page's address with the correlation id behind \`#\`. Everybody else gets the
envelope alone.

## When to repeat a request

| status | repeat? |
|---|---|
| 429, 503 | Yes. Wait \`Retry-After\` first. If it fails again, back off: wait longer each time, with a random part, so that clients do not come back all at once. |
| 500 | With caution: it may have been executed. Not at all for CONFIGURATION_ERROR. |
| 400, 401, 403, 404 | Never as it is: the answer will be the same. |

## When the upstream fails

An answer of the upstream that is neither 2xx nor 3xx is put into this form. In its body a code is looked for, one of
this page's or one of the upstream's own whose meaning is known. It is believed within its class only: by its body a
4xx never becomes a server's error, nor a 5xx a client's, and a 429 stays a 429. Such a code is called known below;
where there is none, the status decides. Statuses about the connection (407, 408, 421, 425, 520 to 527, 530) and the
other rare 5xx (all but 500, 502, 503 and 504) decide alone. To a token that the gateway has verified, an upstream's
code about credentials is followed only where it tells of a revoked session or of a refresh token. Where a token refresh
is forwarded, its failure is told in the codes of a refresh, a server's failure as TOKEN_REFRESH_ERROR too. So nearly
every code can be an upstream's, and the lines below say what else brings it.

Beside what its code brings, \`details\` may then have:

${UPSTREAM_DETAILS.map((detail) => `- ${detailText(detail)}`).join('\n')}

A body that has this page's form already keeps its own \`details\`, and below 500
its \`suggestion\`. Of a 5xx no text is passed on.`
}

/** What no code of the gateway's can put into the envelope. */
export const OUTSIDE = `## What does not look like this

Some answers are given before or after the gateway's code runs, without envelope, correlation id or rate-limit headers:

- Cloudflare refuses a body above the limit of the plan (413), and reports a worker that broke down (1101) or ran out
  of processor time (1102).
- The runtime refuses malformed request lines, unknown methods, CONNECT, and a request without \`Host\` (400, 500, 501).
- A good answer of the upstream that breaks off after its header has gone on breaks off for the client too: bytes are
  missing, or the body's end ([what each case looks like](streams.md)).`
