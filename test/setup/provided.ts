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
    /** The folder where what the built workers write is kept until the end of the run. */
    produced: string
  }
}
