import type { Assets } from '../ports.ts'

/** The platform's, or another server of the same files. Without one there are no pages. */
export function assetsIn(files: Fetcher | undefined): Assets {
  return {
    async open(path) {
      const response = await files?.fetch(`https://assets.invalid/${path}`)
      return response?.ok ? (response.body ?? undefined) : undefined
    },
  }
}
