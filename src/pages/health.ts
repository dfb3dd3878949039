/** The worker lives. It asks nobody, so nothing can make it fail. */
export function health(): Response {
  return Response.json({ status: 'ok' }, { headers: { 'Cache-Control': 'no-store' } })
}
