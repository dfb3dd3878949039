/** A JWT's three parts, the last of which may be empty, or an API key. */
const CREDENTIAL = /eyJ[\w-]{8,}\.[\w-]+\.|ctll_[\w-]{8}/

/** Whether a text that should name something holds a credential: somebody has put it into the wrong field. */
export function holdsCredential(text: string): boolean {
  return CREDENTIAL.test(text)
}
