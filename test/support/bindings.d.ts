/** What `wrangler.toml` binds beside the settings. */
// biome-ignore lint/style/noNamespace: the types of the runtime are extended in no other way.
declare namespace Cloudflare {
  interface Env {
    readonly ASSETS: Fetcher
  }
}
