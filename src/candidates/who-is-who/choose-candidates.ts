import { startTimeSlice } from '../time-slice.ts'
import { CONTRADICTED, NEW_ID, SEVERAL } from './row-warnings.ts'
import { TIERS, type Claim, type Claims, type Tier } from './claims.ts'
import type { RowGroups } from './group-rows.ts'
import { groupMembers } from './group-members.ts'
import { EMAIL, EXTERNAL_ID, type CommonProfiles, type RowKeys } from './row-keys.ts'

export interface Choices {
  /** The candidate that these rows match; null for a new person. */
  candidateOf: (group: number) => number | null
  /** Why a new person might have matched a known candidate. */
  doubtOf: (group: number) => string | null
}

interface Choice {
  candidate: number
  tier: Tier
}

/**
 * Chooses the candidate for each person of a file: by `externalId` alone if the rows have one. Otherwise it chooses
 * the candidate created from the same row, then matches by profile, then by email. If several match, it chooses the
 * only one with the same name. If people who contradict each other match the same candidate, those with the strongest
 * reason get it.
 */
export async function chooseCandidates(rows: RowKeys, groups: RowGroups, claims: Claims): Promise<Choices> {
  const slice = startTimeSlice()
  const claimsOf = await groupMembers(rows.length, async (pair) => {
    for (let at = 0; at < claims.length; at += 1) pair(groups.groupOf(claims.at(at).row), at)
    return claims.length
  })
  const facts = { rows, groups, claims }
  const choices = new ChoiceTable(rows.length)
  const doubts = new Map<number, string>()
  for (let group = 0; group < rows.length; group += 1) {
    if (group % 500 === 0 && slice.isOver()) await slice.giveWay()
    if (groups.groupOf(group) !== group) continue
    const choice = chooseFor(group, [...claimsOf(group)].map((at) => claims.at(at)), facts) // prettier-ignore
    if (typeof choice === 'string') doubts.set(group, choice)
    else if (choice) choices.set(group, choice)
  }
  const choosers = await groupMembers(claims.candidates.length, async (pair) => choices.forEach(pair))
  for (let candidate = 0; candidate < claims.candidates.length; candidate += 1) {
    if (candidate % 500 === 0 && slice.isOver()) await slice.giveWay()
    for (const group of contested(choosers(candidate), candidate, choices, facts)) {
      choices.clear(group)
      doubts.set(group, CONTRADICTED)
    }
  }
  return { candidateOf: (group) => choices.candidateOf(group), doubtOf: (group) => doubts.get(group) ?? null }
}

/** The choices for all people of a file, a few bytes each. */
class ChoiceTable {
  readonly #candidates: Int32Array
  readonly #tiers: Uint8Array

  constructor(rows: number) {
    this.#candidates = new Int32Array(rows).fill(-1)
    this.#tiers = new Uint8Array(rows)
  }

  set(group: number, { candidate, tier }: Choice): void {
    this.#candidates[group] = candidate
    this.#tiers[group] = TIERS.indexOf(tier)
  }

  clear(group: number): void {
    this.#candidates[group] = -1
  }

  candidateOf(group: number): number | null {
    const candidate = this.#candidates[group] ?? -1
    return candidate === -1 ? null : candidate
  }

  tierOf(group: number): Tier | undefined {
    return TIERS[this.#tiers[group] ?? 0]
  }

  /** @returns the number of choices */
  forEach(tell: (candidate: number, group: number) => void): number {
    let count = 0
    for (const [group, candidate] of this.#candidates.entries()) {
      if (candidate === -1) continue
      tell(candidate, group)
      count += 1
    }
    return count
  }
}

interface Facts {
  rows: RowKeys
  groups: RowGroups
  claims: Claims
}

/** Returns the choice, or the reason for doubt if there is none. */
function chooseFor(group: number, own: readonly Claim[], facts: Facts): Choice | string | null {
  const { rows, groups, claims } = facts
  const members = groups.rowsOf(group)
  const hasId = [...members].some((row) => rows.keysOf(row).some((key) => rows.siteOfKey(key) === EXTERNAL_ID))
  let isContradicted = !hasId && [...members].some((row) => groups.isDisputed(row))
  for (const tier of hasId ? (['externalId'] as const) : TIERS) {
    const named = new Set(own.filter((claim) => claim.tier === tier && isTrusted(claim, facts)).map(({ candidate }) => candidate))
    const possible = [...named].filter((candidate) => hasId || agree([group], candidate, facts))
    if (possible.length < named.size) isContradicted = true
    if (possible.length === 0) continue
    const candidate = onlyMatch(tier, possible, facts, members)
    return candidate === null ? SEVERAL : { candidate, tier }
  }
  if (own.some((claim) => !isTrusted(claim, facts) && agree([group], claim.candidate, facts))) return SEVERAL
  if (hasId) return own.length > 0 ? NEW_ID : null
  return isContradicted || own.length > 0 ? CONTRADICTED : null

  function onlyMatch(by: Tier, possible: readonly number[], { claims: known }: Facts, of: Int32Array): number | null {
    if (possible.length === 1) return possible[0] ?? null
    if (by === 'record') {
      const unnamed = possible.filter((candidate) => !known.isNamed(candidate)) // candidates that such rows created
      return unnamed.toSorted((a, b) => (known.idOf(a) < known.idOf(b) ? -1 : 1))[0] ?? null
    }
    const namesakes = possible.filter((candidate) => of.some((row) => rows.nameOf(row) === claims.candidates.nameOf(candidate)))
    return namesakes.length === 1 ? (namesakes[0] ?? null) : null
  }
}

/** An address shared by people of the file who contradict each other identifies a person only together with the name. */
function isTrusted({ row, candidate, tier, key }: Claim, { rows, groups, claims }: Facts): boolean {
  if (tier !== 'email') return true
  if (!groups.trustsEmails(row)) return false
  return !groups.isDisputedKey(key) || rows.nameOf(row) === claims.candidates.nameOf(candidate)
}

/** True if all these people of the file and the candidate could be one person. */
function agree(people: readonly number[], candidate: number, { rows, groups, claims }: Facts): boolean {
  const common: CommonProfiles = new Map()
  for (const group of people) for (const row of groups.rowsOf(group)) if (!rows.agrees(row, common)) return false
  return claims.candidates.agrees(candidate, common)
}

/**
 * Returns, among people of the file who match the same candidate, those who contradict the others, except the ones
 * with the strongest reason.
 */
function contested(people: Int32Array, candidate: number, choices: ChoiceTable, facts: Facts): number[] {
  if (people.length < 2) return []
  const kept: number[] = []
  return TIERS.flatMap((tier) => {
    const others = [...people].filter((group) => choices.tierOf(group) === tier)
    const left = tier === 'email' ? others.filter((group) => !isReplaced(group, kept, choices, facts)) : others
    const isAgreed = tier === 'externalId' || agree([...kept, ...left], candidate, facts)
    if (isAgreed) kept.push(...left)
    return isAgreed ? others.filter((group) => !left.includes(group)) : others
  })
}

/** True if rows with the candidate's `externalId` replace the address by which these rows match it. */
function isReplaced(group: number, people: readonly number[], choices: ChoiceTable, { rows, groups }: Facts): boolean {
  const emailsOf = (of: number): number[] =>
    [...groups.rowsOf(of)].flatMap((row) => rows.keysOf(row).filter((key) => rows.siteOfKey(key) === EMAIL))
  const given = people.filter((other) => choices.tierOf(other) === 'externalId').flatMap(emailsOf)
  return given.length > 0 && !emailsOf(group).some((key) => given.includes(key))
}
