/** The least a proxy on this platform can do: the limit that everything else is measured against. */
export default {
  fetch(request: Request, env: { readonly UPSTREAM_URL: string }): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    return fetch(`${env.UPSTREAM_URL}${pathname}${search}`, request)
  },
}
