import type { KeyCopies } from '../../src/adapters/key-copies.ts'

/** Copies that lie in memory, in our hands. */
export class MemoryCopies implements KeyCopies {
  readonly layer: KeyCopies['layer']
  readonly texts = new Map<string, string>()

  constructor(layer: KeyCopies['layer']) {
    this.layer = layer
  }

  async read(name: string): Promise<string | undefined> {
    return this.texts.get(name)
  }

  async write(name: string, text: string): Promise<void> {
    this.texts.set(name, text)
  }
}
