import { Types } from 'mongoose'
import type { CandidateInput } from '../candidate-input.ts'
import type { KnownCandidate, KnownCandidates, Match } from '../match-candidates.ts'
import type { ImportPlan } from './import-plan.ts'

/** Returns the planned candidates for the row that begins in this line, whether they exist yet or not. */
export function decidedIds(plan: ImportPlan, line: number): Types.ObjectId[] {
  const decision = plan.decide(line)
  if (!decision) return []
  const since = plan.cameSince.get(decision.made.toHexString())
  return [decision.made, ...(decision.known ? [decision.known] : []), ...(since ? [since] : [])]
}

/** True if somebody else added one of these candidates after the plan was made. */
export function hasNewcomers(known: KnownCandidates, plan: ImportPlan | null): boolean {
  return plan !== null && [...known.all()].some(({ id }) => !plan.isDecided(id))
}

/**
 * Returns the candidate that a row matches: the planned one, unless a matching candidate was added while the import
 * ran. `made` is the id for a new person.
 * @param mayBeNewcomer from {@link hasNewcomers}: without newcomers, candidates that the plan covers are not searched
 */
export function matchRow(
  { line, input }: { line: number; input: CandidateInput },
  known: KnownCandidates,
  plan: ImportPlan | null,
  mayBeNewcomer: boolean,
): Match & { made: Types.ObjectId } {
  const decision = plan?.decide(line)
  if (!plan || !decision) return { ...known.find(input), made: new Types.ObjectId() }
  const { made } = decision
  const named = input.externalId ? known.named(input.externalId) : null
  const match = named ?? firstKnown(decidedIds(plan, line), known)
  if (match) return { match, doubt: null, made }
  if (!mayBeNewcomer) return { match: null, doubt: decision.doubt, made }
  const since = known.find(input, ({ id }) => !plan.isDecided(id))
  if (since.match) plan.cameSince.set(made.toHexString(), since.match.id)
  return { match: since.match, doubt: since.match ? null : (decision.doubt ?? since.doubt), made }
}

function firstKnown(ids: readonly Types.ObjectId[], known: KnownCandidates): KnownCandidate | null {
  for (const id of ids) {
    const candidate = known.get(id)
    if (candidate) return candidate
  }
  return null
}
