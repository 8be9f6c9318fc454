import { startTimeSlice } from '../time-slice.ts'
import { groupMembers, type Members } from './group-members.ts'
import type { Claims } from './claims.ts'
import { EMAIL, EXTERNAL_ID, RECORD, type CommonProfiles, type RowKeys } from './row-keys.ts'

/**
 * The keys that join rows: all of them; if these join people who contradict each other, only profiles; if even those do, only identical
 * values.
 */
const LEVELS = [0, 1, 2] as const

export interface RowGroups {
  /** Returns the first row about the same person. */
  groupOf: (row: number) => number
  /** Returns all rows about the same person as this first row. */
  rowsOf: Members
  /** True if people who contradict each other share an address or profile of the row, which then identifies nobody. */
  isDisputed: (row: number) => boolean
  isDisputedKey: (key: number) => boolean
  /** True if addresses may identify the person of the row. */
  trustsEmails: (row: number) => boolean
}

/**
 * Groups the rows of a file by person, independent of their order. A key joins the rows that have it unless they contradict each other:
 * then a profile identifies nobody, and an address identifies a person only together with the name. If keys join rows in a chain in which
 * two contradict each other, only profiles join its rows; if even those do, only identical values. Takes time linear in the file, and
 * yields to the rest of the process. Stored candidates with an address count as well.
 */
export async function groupRows(rows: RowKeys, claims: Claims): Promise<RowGroups> {
  const slice = startTimeSlice()
  const giveWay = async (at: number): Promise<void> => void (at % 500 === 0 && slice.isOver() && (await slice.giveWay()))
  const bearers = await groupMembers(rows.keyCount, async (pair) => {
    let pairs = 0
    for (let row = 0; row < rows.length; row += 1) {
      await giveWay(row)
      for (const key of rows.keysOf(row)) pair(key, row)
      pairs += rows.keysOf(row).length
    }
    return pairs
  })
  const holders = await holdersOf(rows, claims)
  const disputed = new Uint8Array(rows.keyCount)
  for (let key = 0; key < rows.keyCount; key += 1) {
    await giveWay(key)
    if (!agree(bearers(key), [...new Set(holders(key))], rows, claims)) disputed[key] = 1
  }

  const people = new Joined(rows.length)
  for (let key = 0; key < rows.keyCount; key += 1) {
    if (disputed[key] === 1 && rows.siteOfKey(key) === EMAIL) joinNamesakes(bearers(key), rows, people)
  }
  const levels = new Uint8Array(rows.length)
  let open = everyRow(rows.length)
  let members: Members = () => open
  for (const level of LEVELS) {
    for (const [at, row] of open.entries()) {
      await giveWay(at)
      levels[row] = level
      for (const key of rows.keysOf(row)) if (joins(key, level)) people.join(row, bearers(key)[0] ?? row)
    }
    const settled = open
    members = await groupMembers(rows.length, async (pair) => {
      for (let row = 0; row < rows.length; row += 1) {
        await giveWay(row)
        pair(people.firstOf(row), row)
      }
      return rows.length
    })
    if (level === LEVELS.at(-1)) break
    open = settled.filter((row) => people.firstOf(row) === row && members(row).length > 1 && !rows.agree(members(row)))
    open = Int32Array.from([...open].flatMap((first) => [...members(first)]))
    for (const row of open) people.part(row)
  }

  function joins(key: number, level: (typeof LEVELS)[number]): boolean {
    const site = rows.siteOfKey(key)
    if (site === RECORD || site === EXTERNAL_ID) return true
    return disputed[key] !== 1 && (site === EMAIL ? level === 0 : level < 2)
  }

  return {
    groupOf: (row) => people.firstOf(row),
    rowsOf: members,
    isDisputedKey: (key) => disputed[key] === 1,
    trustsEmails: (row) => levels[row] === 0,
    isDisputed: (row) => (levels[row] ?? 0) > 0 || rows.keysOf(row).some((key) => disputed[key] === 1),
  }
}

/** The stored candidates that have an address. */
async function holdersOf(rows: RowKeys, claims: Claims): Promise<Members> {
  return groupMembers(rows.keyCount, async (pair) => {
    let count = 0
    for (let at = 0; at < claims.length; at += 1) {
      const { tier, key, candidate } = claims.at(at)
      if (tier !== 'email') continue
      pair(key, candidate)
      count += 1
    }
    return count
  })
}

/** True if these rows and candidates could be one person. With several candidates, it is unclear which one is meant. */
function agree(having: Int32Array, candidates: readonly number[], rows: RowKeys, claims: Claims): boolean {
  if (having.length + candidates.length < 2) return true
  const common: CommonProfiles = new Map()
  for (const row of having) if (!rows.agrees(row, common)) return false
  return candidates.length < 2 && candidates.every((candidate) => claims.candidates.agrees(candidate, common))
}

/** Joins rows of one name that have a disputed address in common. */
function joinNamesakes(having: Int32Array, rows: RowKeys, people: Joined): void {
  const byName = new Map<number, number[]>()
  for (const row of having) {
    const alike = byName.get(rows.nameOf(row))
    if (alike) alike.push(row)
    else byName.set(rows.nameOf(row), [row])
  }
  for (const alike of byName.values()) {
    if (rows.agree(alike)) for (const row of alike) people.join(row, alike[0] ?? row)
  }
}

function everyRow(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row)
}

/** Sets of rows, each known by its first row. */
class Joined {
  readonly #parents: Int32Array

  constructor(count: number) {
    this.#parents = everyRow(count)
  }

  firstOf(row: number): number {
    let at = row
    for (;;) {
      const parent = this.#parents[at] ?? at
      if (parent === at) return at
      this.#parents[at] = this.#parents[parent] ?? parent
      at = parent
    }
  }

  join(one: number, other: number): void {
    const [a, b] = [this.firstOf(one), this.firstOf(other)]
    if (a !== b) this.#parents[Math.max(a, b)] = Math.min(a, b)
  }

  /** Marks a set whose rows are all separated. */
  part(row: number): void {
    this.#parents[row] = row
  }
}
