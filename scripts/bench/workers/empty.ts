/** What the platform itself takes to start a worker and answer a request. */
export default {
  fetch: () => new Response('{"tunnels":[]}', { headers: { 'Content-Type': 'application/json' } }),
}
