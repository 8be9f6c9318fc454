import { GrowingNumbers } from './growing-numbers.ts'
import { EMAIL, RowKeys } from './row-keys.ts'
import type { IdentifyingValues } from './identifying-values.ts'

/** The ways in which a row may match a candidate, strongest first. */
export const TIERS = ['externalId', 'record', 'profile', 'email'] as const
export type Tier = (typeof TIERS)[number]

/** The limit on candidates with a key in common. Comparing more than these with each row would take too long. */
const MOST_HOLDERS = 20

/** A candidate that existed before the import. */
export interface KnownValues {
  id: string
  values: IdentifyingValues
  /** Records of earlier rows that matched it. */
  records: readonly string[]
}

export interface Claim {
  row: number
  candidate: number
  tier: Tier
  /** The matching address, for the tier `email`. */
  key: number
}

/** Records which rows of a file may match which candidates. */
export class Claims {
  readonly #rows: RowKeys
  /** The candidates' keys, as numbers comparable with those of the rows. */
  readonly candidates: RowKeys
  readonly #ids: string[] = []
  readonly #byId = new Map<string, number>()
  readonly #named = new Set<number>()
  readonly #claims = new GrowingNumbers()

  constructor(rows: RowKeys) {
    this.#rows = rows
    this.candidates = new RowKeys(rows)
  }

  get length(): number {
    return this.#claims.length / 4
  }

  at(index: number): Claim {
    const [row = 0, candidate = 0, tier = 0, key = 0] = [0, 1, 2, 3].map((part) => this.#claims.at(index * 4 + part))
    return { row, candidate, tier: TIERS[tier] ?? 'email', key }
  }

  idOf(candidate: number): string {
    return this.#ids[candidate] ?? ''
  }

  /** True if the candidate has an `externalId`. */
  isNamed(candidate: number): boolean {
    return this.#named.has(candidate)
  }

  has(id: string): boolean {
    return this.#byId.has(id)
  }

  add(rows: readonly { row: number; values: IdentifyingValues }[], found: readonly KnownValues[]): void {
    const holders = new Map<string, number[]>()
    const hold = (key: string, candidate: number): void => {
      const others = holders.get(key)
      if (others) others.push(candidate)
      else holders.set(key, [candidate])
    }
    for (const { id, values, records } of found) {
      const candidate = this.#numberOf(id, values)
      if (values.externalId !== null) hold(`externalId ${values.externalId}`, candidate)
      for (const record of new Set([values.record, ...records])) hold(`record ${record}`, candidate)
      const name = this.candidates.nameOf(candidate)
      const keys = [...values.emails.map((email) => `email ${email}`), ...values.profiles.map((profile) => `profile ${profile}`)]
      for (const key of keys) {
        hold(key, candidate)
        hold(`${name} ${key}`, candidate)
      }
    }
    for (const { row, values } of rows) this.#claim(row, values, (key) => holders.get(key) ?? [])
  }

  #numberOf(id: string, values: IdentifyingValues): number {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const candidate = this.candidates.add({ ...values, emails: [] })
    this.#byId.set(id, candidate)
    this.#ids.push(id)
    if (values.externalId !== null) this.#named.add(candidate)
    return candidate
  }

  #claim(row: number, values: IdentifyingValues, holdersOf: (key: string) => readonly number[]): void {
    const push = (tier: Tier, candidates: readonly number[], key = -1): void => {
      for (const candidate of candidates) for (const part of [row, candidate, TIERS.indexOf(tier), key]) this.#claims.push(part)
    }
    const name = this.#rows.nameOf(row)
    const withKey = (key: string): readonly number[] => someOf(holdersOf(key), holdersOf(`${name} ${key}`))
    if (values.externalId !== null) return push('externalId', holdersOf(`externalId ${values.externalId}`))
    push('record', this.#ofRecord(holdersOf(`record ${values.record}`)))
    for (const profile of values.profiles) push('profile', withKey(`profile ${profile}`))
    for (const email of values.emails) push('email', withKey(`email ${email}`), this.#rows.keyOf(email, EMAIL))
  }

  /** Among several candidates that matched such a row, returns the oldest without an `externalId`. */
  #ofRecord(candidates: readonly number[]): readonly number[] {
    const unnamed = candidates.find((candidate) => !this.#named.has(candidate))
    return candidates.length > 1 && unnamed !== undefined ? [unnamed] : candidates.slice(0, 2)
  }
}

/**
 * Returns enough candidates to tell whether several have a key, and whether only one of them has the row's name. A
 * key shared by thousands costs no more than that.
 */
function someOf(holders: readonly number[], namesakes: readonly number[]): readonly number[] {
  return holders.length <= MOST_HOLDERS ? holders : [...new Set([...holders.slice(0, 2), ...namesakes.slice(0, MOST_HOLDERS)])]
}
