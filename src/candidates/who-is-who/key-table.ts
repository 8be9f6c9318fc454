import { hash } from 'node:crypto'
import { GrowingNumbers } from './growing-numbers.ts'

/** A key is 53 bits of a hash. Among two million keys, the probability of a collision is one in five thousand. */
const BITS_OF_LOW_WORD = 2 ** 32

/** Numbers keys from 0 and stores the site of each. Keeps hashes, not texts. */
export class KeyTable {
  #hashes = new Float64Array(2048)
  #ids = new Int32Array(2048).fill(-1)
  readonly #sites = new GrowingNumbers()

  get length(): number {
    return this.#sites.length
  }

  /** @param site what the key belongs to: different keys of one site belong to different people */
  add(key: string, site: number): number {
    const hashed = hashOf(key)
    const slot = this.#slotOf(hashed)
    const known = this.#ids[slot] ?? -1
    if (known !== -1) return known
    const id = this.#sites.length
    this.#hashes[slot] = hashed
    this.#ids[slot] = id
    this.#sites.push(site)
    if (id * 2 > this.#ids.length) this.#widen()
    return id
  }

  siteOf(id: number): number {
    return this.#sites.at(id)
  }

  #slotOf(hashed: number): number {
    const mask = this.#ids.length - 1
    let slot = hashed % this.#ids.length
    while (this.#ids[slot] !== -1 && this.#hashes[slot] !== hashed) slot = (slot + 1) & mask
    return slot
  }

  #widen(): void {
    const [hashes, ids] = [this.#hashes, this.#ids]
    this.#hashes = new Float64Array(hashes.length * 2)
    this.#ids = new Int32Array(ids.length * 2).fill(-1)
    for (const [at, id] of ids.entries()) {
      if (id === -1) continue
      const slot = this.#slotOf(hashes[at] ?? 0)
      this.#hashes[slot] = hashes[at] ?? 0
      this.#ids[slot] = id
    }
  }
}

function hashOf(key: string): number {
  const digest = hash('sha1', key, 'buffer')
  return digest.readUInt32LE(0) + (digest.readUInt32LE(4) >>> 11) * BITS_OF_LOW_WORD
}
