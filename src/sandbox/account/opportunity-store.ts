/**
 * Opportunities by id, by contact and in Lever's list order: stage rank ascending, then `lastAdvancedAt` descending, then id (recorded
 * answers). Kept sorted on every change, so that a page of a list of 50,000 costs a binary search and the items it reads.
 */
import type { Opportunity, Stage } from './records.ts'

/** The position of an opportunity in the list, which Lever's paging tokens contain. */
export type ListPosition = readonly [rank: number, lastAdvancedAt: number, id: string]

export class OpportunityStore {
  readonly #byId = new Map<string, Opportunity>()
  readonly #byContact = new Map<string, Set<Opportunity>>()
  readonly #byStage = new Map<string, Opportunity[]>()
  readonly #stagesByRank: Stage[]

  constructor(stages: Stage[]) {
    this.#stagesByRank = stages.toSorted((a, b) => a.rank - b.rank)
  }

  get size(): number {
    return this.#byId.size
  }

  get(id: string): Opportunity | undefined {
    return this.#byId.get(id)
  }

  values(): Iterable<Opportunity> {
    return this.#byId.values()
  }

  add(opportunity: Opportunity): void {
    this.#byId.set(opportunity.id, opportunity)
    const siblings = this.#byContact.get(opportunity.contact)
    if (siblings) siblings.add(opportunity)
    else this.#byContact.set(opportunity.contact, new Set([opportunity]))
    this.#insert(opportunity)
  }

  remove(opportunity: Opportunity): void {
    this.#byId.delete(opportunity.id)
    this.#byContact.get(opportunity.contact)?.delete(opportunity)
    this.#takeOut(opportunity)
  }

  /** Moves the opportunity to another contact. */
  moveTo(opportunity: Opportunity, contactId: string): void {
    this.remove(opportunity)
    opportunity.contact = contactId
    this.add(opportunity)
  }

  /** Changes the stage and the time, which determine the list position. */
  advance(opportunity: Opportunity, to: { stage: string; lastAdvancedAt: number }): void {
    this.#takeOut(opportunity)
    Object.assign(opportunity, to)
    this.#insert(opportunity)
  }

  ofContact(contactId: string): Opportunity[] {
    return [...(this.#byContact.get(contactId) ?? [])]
  }

  countInStage(stageId: string): number {
    return this.#byStage.get(stageId)?.length ?? 0
  }

  /** Yields all in list order, starting at `position` (inclusive). */
  *inListOrder(position?: ListPosition): Generator<Opportunity> {
    for (const stage of this.#stagesByRank) {
      if (position && stage.rank < position[0]) continue
      const row = this.#byStage.get(stage.id) ?? []
      const start = position && stage.rank === position[0] ? placeIn(row, position[1], position[2]) : 0
      for (let index = start; index < row.length; index += 1) yield row[index] as Opportunity
    }
  }

  positionOf(opportunity: Opportunity): ListPosition {
    const rank = this.#stagesByRank.find((stage) => stage.id === opportunity.stage)?.rank ?? 0
    return [rank, opportunity.lastAdvancedAt, opportunity.id]
  }

  #insert(opportunity: Opportunity): void {
    const row = this.#byStage.get(opportunity.stage) ?? []
    row.splice(placeIn(row, opportunity.lastAdvancedAt, opportunity.id), 0, opportunity)
    this.#byStage.set(opportunity.stage, row)
  }

  #takeOut(opportunity: Opportunity): void {
    const row = this.#byStage.get(opportunity.stage) ?? []
    row.splice(placeIn(row, opportunity.lastAdvancedAt, opportunity.id), 1)
  }
}

/** Returns the index of the first element at or after the given position. */
function placeIn(row: Opportunity[], lastAdvancedAt: number, id: string): number {
  let low = 0
  let high = row.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = row[middle] as Opportunity
    const before = other.lastAdvancedAt === lastAdvancedAt ? other.id < id : other.lastAdvancedAt > lastAdvancedAt
    if (before) low = middle + 1
    else high = middle
  }
  return low
}
