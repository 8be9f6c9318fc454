import { hash } from 'node:crypto'
import { siteOf } from '../../people/profile-key.ts'
import { GrowingNumbers } from './growing-numbers.ts'
import { KeyTable } from './key-table.ts'
import type { IdentifyingValues } from './identifying-values.ts'

/** Sites of keys that are not profiles. An `externalId` works like a profile: two different ones mean two people. */
export const EMAIL = 0
export const RECORD = 1
export const EXTERNAL_ID = 2
const FIRST_PROFILE_SITE = 3

/** The profiles that all rows so far have in common, by site. */
export type CommonProfiles = Map<number, number[]>

/** The identifying values of the rows of a file, as numbers. */
export class RowKeys {
  readonly #table: KeyTable
  readonly #sites: Map<string, number>
  /** The keys of row `n` begin at `#starts[n]`. */
  readonly #starts = new GrowingNumbers()
  readonly #keys = new GrowingNumbers()
  readonly #names = new GrowingNumbers()

  /** @param other shares its key numbers, so that rows of both can be compared */
  constructor(other?: RowKeys) {
    this.#table = other ? other.#table : new KeyTable()
    this.#sites = other ? other.#sites : new Map()
  }

  /** The number of rows. */
  get length(): number {
    return this.#starts.length
  }

  get keyCount(): number {
    return this.#table.length
  }

  /** The number of a key; equal keys have the same number. */
  keyOf(key: string, site: number): number {
    return this.#table.add(`${site} ${key}`, site)
  }

  /** @returns the row's number */
  add({ externalId, name, emails, profiles, record }: IdentifyingValues): number {
    this.#starts.push(this.#keys.length)
    this.#names.push(hash('sha1', name, 'buffer').readInt32LE())
    const push = (key: string, site: number): void => this.#keys.push(this.keyOf(key, site))
    for (const email of emails) push(email, EMAIL)
    for (const profile of profiles) push(profile, this.#siteId(siteOf(profile)))
    if (externalId === null) push(record, RECORD)
    else push(externalId, EXTERNAL_ID)
    return this.length - 1
  }

  keysOf(row: number): number[] {
    const end = row + 1 < this.length ? this.#starts.at(row + 1) : this.#keys.length
    const keys: number[] = []
    for (let at = this.#starts.at(row); at < end; at += 1) keys.push(this.#keys.at(at))
    return keys
  }

  siteOfKey(key: number): number {
    return this.#table.siteOf(key)
  }

  nameOf(row: number): number {
    return this.#names.at(row)
  }

  /** True if these rows could be about one person: on each site, all rows with profiles there share one. */
  agree(rows: Iterable<number>): boolean {
    const common: CommonProfiles = new Map()
    for (const row of rows) if (!this.agrees(row, common)) return false
    return true
  }

  /** Narrows `common` to the profiles that this row also has; false if nothing is left for a site. */
  agrees(row: number, common: CommonProfiles): boolean {
    for (const [site, there] of this.#profilesBySite(row)) {
      const left = common.get(site)?.filter((key) => there.includes(key)) ?? there
      if (left.length === 0) return false
      common.set(site, left)
    }
    return true
  }

  #profilesBySite(row: number): Map<number, number[]> {
    const bySite = new Map<number, number[]>()
    for (const key of this.keysOf(row)) {
      const site = this.siteOfKey(key)
      if (site < EXTERNAL_ID) continue
      const there = bySite.get(site)
      if (there) there.push(key)
      else bySite.set(site, [key])
    }
    return bySite
  }

  #siteId(site: string): number {
    const id = this.#sites.get(site) ?? FIRST_PROFILE_SITE + this.#sites.size
    this.#sites.set(site, id)
    return id
  }
}
