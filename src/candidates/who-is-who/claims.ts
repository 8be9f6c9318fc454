import { GrowingNumbers } from './growing-numbers.ts'
import { EMAIL, RowKeys } from './row-keys.ts'
import type { Said } from './said.ts'

/** The ways in which a row may match a candidate, strongest first. */
export const TIERS = ['externalId', 'record', 'profile', 'email'] as const
export type Tier = (typeof TIERS)[number]

/** A candidate that was here before the import. */
export interface KnownSaid {
  id: string
  said: Said
  /** Records of earlier rows that were matched to it. */
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

  /** Whether the candidate has an `externalId`. */
  isNamed(candidate: number): boolean {
    return this.#named.has(candidate)
  }

  has(id: string): boolean {
    return this.#byId.has(id)
  }

  add(rows: readonly { row: number; said: Said }[], found: readonly KnownSaid[]): void {
    const byKey = new Map<string, number[]>()
    for (const { id, said, records } of found) {
      const candidate = this.#numberOf(id, said)
      const emails = said.emails.map((email) => `email ${email}`)
      const profiles = said.profiles.map((profile) => `profile ${profile}`)
      const named = said.externalId === null ? [] : [`externalId ${said.externalId}`]
      for (const key of [...named, ...emails, ...profiles, `record ${said.record}`, ...records.map((record) => `record ${record}`)]) {
        byKey.set(key, [...(byKey.get(key) ?? []), candidate])
      }
    }
    for (const { row, said } of rows) this.#claim(row, said, (tier, key) => byKey.get(`${tier} ${key}`) ?? [])
  }

  #numberOf(id: string, said: Said): number {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const candidate = this.candidates.add({ ...said, emails: [] })
    this.#byId.set(id, candidate)
    this.#ids.push(id)
    if (said.externalId !== null) this.#named.add(candidate)
    return candidate
  }

  #claim(row: number, said: Said, holders: (tier: Tier, key: string) => readonly number[]): void {
    const push = (tier: Tier, key: string, number = -1): void => {
      for (const candidate of holders(tier, key)) {
        for (const part of [row, candidate, TIERS.indexOf(tier), number]) this.#claims.push(part)
      }
    }
    if (said.externalId !== null) return push('externalId', said.externalId)
    push('record', said.record)
    for (const profile of said.profiles) push('profile', profile)
    for (const email of said.emails) push('email', email, this.#rows.keyOf(email, EMAIL))
  }
}
