import type { KeyCopies } from './key-copies.ts'
import { KeysFault } from './keys-fault.ts'

const HMAC = { name: 'HMAC', hash: 'SHA-256' }
const SEALED = /^([0-9a-f]{64})\.(.+)$/s

/** Copies where others could write too: each carries an HMAC over its name and its text. */
export class SealedCopies implements KeyCopies {
  readonly #copies: KeyCopies
  readonly #secret: Uint8Array

  constructor(copies: KeyCopies, secret: string) {
    this.#copies = copies
    this.#secret = new TextEncoder().encode(secret)
  }

  get layer(): KeyCopies['layer'] {
    return this.#copies.layer
  }

  async read(name: string): Promise<string | undefined> {
    const sealed = await this.#copies.read(name)
    if (sealed === undefined) return undefined
    const [, seal = '', text = ''] = SEALED.exec(sealed) ?? []
    const key = await this.#key('verify')
    const mac = Uint8Array.fromHex(seal)
    if (await crypto.subtle.verify('HMAC', key, mac, messageOf(name, text))) return text
    throw new KeysFault('a copy that KEYS_SECRET did not seal')
  }

  async write(name: string, text: string): Promise<void> {
    const key = await this.#key('sign')
    const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, messageOf(name, text)))
    await this.#copies.write(name, `${mac.toHex()}.${text}`)
  }

  #key(usage: 'sign' | 'verify'): Promise<CryptoKey> {
    return crypto.subtle.importKey('raw', this.#secret, HMAC, false, [usage])
  }
}

/** The first line keeps it apart from whatever else the secret may come to seal. */
function messageOf(name: string, text: string): Uint8Array {
  return new TextEncoder().encode(`signing keys\n${name}\n${text}`)
}
