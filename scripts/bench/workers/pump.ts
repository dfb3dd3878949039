/** The least of a worker that hands every message on itself, as one must that is to count or to end them. */
export default {
  async fetch(request: Request, env: { readonly UPSTREAM_URL: string }): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    const answer = await fetch(`${env.UPSTREAM_URL}${pathname}${search}`, request)
    const upstream = answer.webSocket
    if (!upstream) return answer
    const [ours, client] = Object.values(new WebSocketPair())
    if (!ours || !client) throw new Error('a pair has two ends')
    for (const [from, to] of [
      [ours, upstream],
      [upstream, ours],
    ] as const) {
      from.accept()
      from.addEventListener('message', ({ data }) => to.send(data))
      from.addEventListener('close', () => to.close())
    }
    return new Response(null, { status: 101, webSocket: client })
  },
}
