import { hash, parseOptions, verify } from '@node-rs/argon2'
import { z } from 'zod'

/** Twice OWASP's minimum (46 MiB, one pass, one lane): about 30 ms per attempt, with memory that small machines have. */
const COST = { memoryCost: 47_104, timeCost: 2, parallelism: 1 } as const

/** In characters: far more than a password, and few enough to hash without noticeable cost. */
const LONGEST_TYPED = 1000

/** A password as typed, in the Unicode form in which it is hashed. */
export const TypedPassword = z.string().max(LONGEST_TYPED).transform((text) => text.normalize('NFKC')) // prettier-ignore

export async function hashPassword(password: string): Promise<string> {
  return hash(password, COST)
}

export async function fitsHash(password: string, stored: string): Promise<boolean> {
  return verify(stored, password)
}

/** Dummy hash, compared if an account has no password, so that a failed sign-in takes the same time in either case. */
export const DUMMY_HASH = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** True for a hash that was made before the cost increased. */
export function isOutdatedHash(stored: string): boolean {
  const { memoryCost, timeCost, parallelism } = parseOptions(stored)
  return memoryCost < COST.memoryCost || timeCost < COST.timeCost || parallelism < COST.parallelism
}
