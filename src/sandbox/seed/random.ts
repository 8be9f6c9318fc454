/** A separate stream for each kind of record, so that more of one kind does not change the others. */
export type Streams = (name: string) => SeededRandom

/** Another seed gives an account with other ids. */
export function seededStreams(seed: string): Streams {
  return (name) => new SeededRandom(`${seed}${name}`)
}

/** A repeatable stream of numbers and ids: the same name gives the same stream on every machine. */
export class SeededRandom {
  #state: number

  constructor(name: string) {
    this.#state = 0x811c9dc5
    for (const char of name) this.#state = Math.imul(this.#state ^ (char.codePointAt(0) ?? 0), 0x01000193)
  }

  /** 0 <= x < 1, mulberry32 */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }

  /** Returns a whole number between both ends, inclusive. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[this.between(0, items.length - 1)] as T
  }

  hex(length: number): string {
    return Array.from({ length }, () => this.between(0, 15).toString(16)).join('')
  }

  /** Returns an id in Lever's format: a UUID of version 4. */
  uuid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${this.pick(['8', '9', 'a', 'b'])}${this.hex(3)}-${this.hex(12)}`
  }
}
