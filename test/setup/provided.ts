/** Where the tests find the world outside. */
export interface Outside {
  readonly upstreamUrl: string
  readonly storeUrl: string
  readonly storeKind: string
  readonly embeddedStoreUrl: string
  readonly storeToken: string
  readonly issuer: string
  readonly audience: string
}

declare module 'vitest' {
  interface ProvidedContext {
    outside: Outside
    /** The path of the built worker; for the tests at the wire. */
    bundle: string
  }
}
