/** What is judged, and what the judge was given for it. */
export interface Options {
  readonly url: URL
  /** Paths below are put behind the base path of `url`. */
  readonly open: string
  readonly guarded: string
  readonly refresh: string
  readonly also: readonly string[]
  readonly token?: string
  readonly expiredToken?: string
  readonly foreignToken?: string
  readonly origin?: string
  readonly plain?: URL
  readonly maxBodyBytes: number
  /** How many requests a flood may have; 0 without consent. */
  readonly floodRequests: number
  readonly waitSeconds: number
  /** Go with every request, such as those that choose a version. */
  readonly headers: Readonly<Record<string, string>>
}

export const DEFAULTS = {
  open: '/health',
  guarded: '/tunnels',
  // The contract names it itself.
  refresh: '/auth/token/refresh',
  also: [],
  maxBodyBytes: 10_485_760,
  floodRequests: 0,
  waitSeconds: 65,
  headers: {},
} as const satisfies Partial<Options>
