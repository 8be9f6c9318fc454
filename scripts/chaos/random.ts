/** Random choices that a seed repeats; their timing depends on the machine. */
export interface Random {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number
  /** A whole number between these two, inclusive. */
  between(least: number, most: number): number
  pick<T>(items: readonly T[]): T
  chance(share: number): boolean
}

/** Mulberry32; `purpose` gives each user of the seed a separate stream. */
export function seededRandom(seed: number, purpose: string): Random {
  let state = Buffer.from(purpose).reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619), seed | 0)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    const once = Math.imul(state ^ (state >>> 15), 1 | state)
    const twice = (once + Math.imul(once ^ (once >>> 7), 61 | once)) ^ once
    return ((twice ^ (twice >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    between,
    pick: (items) => {
      const item = items[between(0, items.length - 1)]
      if (item === undefined) throw new Error('there is nothing to pick from')
      return item
    },
    chance: (share) => next() < share,
  }
}
