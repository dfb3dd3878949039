/** The gateway's own Ed25519 keys; each part is 32 bytes in base64url. */
export interface OwnKeys {
  /** Signs. */
  readonly pair: { readonly x: string; readonly d: string }
  /** The public halves that others may check a signature by, that of the pair among them. */
  readonly published: readonly string[]
}
