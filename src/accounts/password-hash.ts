import { hash, parseOptions, verify } from '@node-rs/argon2'
import { z } from 'zod'

/** Twice what OWASP asks for at least (46 MiB, one pass, one lane): some 30 ms a try, and a memory that small machines have. */
const COST = { memoryCost: 47_104, timeCost: 2, parallelism: 1 } as const

/** What may be sent as one; far more than a password, and far less than would cost time. */
const LONGEST_TYPED = 1000

/** A password as typed, in the one form of Unicode in which it is hashed. */
export const TypedPassword = z.string().max(LONGEST_TYPED).transform((text) => text.normalize('NFKC')) // prettier-ignore

export async function hashPassword(password: string): Promise<string> {
  return hash(password, COST)
}

export async function fitsHash(password: string, stored: string): Promise<boolean> {
  return verify(stored, password)
}

/** Belongs to nobody. Compared with where an account has no password, so that a failed sign-in takes the same time whether or not there is one. */
export const DUMMY_HASH = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** True for a hash made before the cost rose. */
export function isOutdatedHash(stored: string): boolean {
  const { memoryCost, timeCost, parallelism } = parseOptions(stored)
  return memoryCost < COST.memoryCost || timeCost < COST.timeCost || parallelism < COST.parallelism
}
