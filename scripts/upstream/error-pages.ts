import { secrets } from './secrets.ts'

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
  520: 'Web server is returning an unknown error',
  521: 'Web server is down',
  522: 'Connection timed out',
  523: 'Origin is unreachable',
  524: 'A timeout occurred',
  525: 'SSL handshake failed',
  526: 'Invalid SSL certificate',
  527: 'Railgun error',
  530: 'Origin DNS error',
}

export function expressPage(text: string, title = 'Error'): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
</head>
<body>
<pre>${text}</pre>
</body>
</html>
`
}

export function nginxPage(status: number): string {
  const title = `${status} ${phrases[status]}`
  return [
    `<html>`,
    `<head><title>${title}</title></head>`,
    `<body>`,
    `<center><h1>${title}</h1></center>`,
    `<hr><center>nginx/1.24.0</center>`,
    `</body>`,
    `</html>`,
    ``,
  ].join('\r\n')
}

export function cloudflarePage(status: number): string {
  return `<!DOCTYPE html>
<html lang="en-US">
<head><title>api.cloudtolocalllm.online | ${status}: ${phrases[status]}</title></head>
<body>
<h1>${phrases[status]} <span>Error code ${status}</span></h1>
<p>The web server at ${secrets.originAddress} did not answer as expected.</p>
<footer>Cloudflare Ray ID: 8e2f5a1c9d3b4710 &bull; Your IP: 203.0.113.7</footer>
</body>
</html>
`
}
