/** Where traces are told. */
export interface Collector {
  /** Of `/v1/traces`. */
  readonly url: string
  /** What it knows us by: secrets. */
  readonly headers: Readonly<Record<string, string>>
}
