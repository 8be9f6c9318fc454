import type { LeverClient } from '../lever/client.ts'
import { listOpportunities, type LeverOpportunity } from '../lever/opportunities.ts'
import { withoutTrailingSlashes } from '../trailing-slashes.ts'
import { ExportModel, type ExportIntent } from './export-model.ts'

/** Lever's clock may differ from the database's by this much; what was there before is known by id, so a wide margin does no harm. */
const CLOCK_MARGIN_MS = 10 * 60_000

/**
 * Looks in Lever for the opportunity that an unclear POST may have made: by each e-mail, or without one by source, in both archive
 * states. Resolves to it, or null when Lever does not show one (yet).
 */
export async function lookForIntent(
  organization: string,
  intent: ExportIntent,
  deps: { client: LeverClient; canSeeConfidential: boolean },
): Promise<LeverOpportunity | null> {
  const since = intent.at.getTime() - CLOCK_MARGIN_MS
  const common = {
    createdAtStart: since,
    expand: ['applications', 'stage'] as const,
    ...(deps.canSeeConfidential ? { confidentiality: 'all' as const } : {}),
  }
  const found = new Map<string, LeverOpportunity>()
  const searches = intent.emails.length > 0 ? intent.emails.map((email) => ({ email })) : [{ source: intent.source }]
  for (const search of searches) {
    for await (const opportunity of listOpportunities(deps.client, { ...common, ...search })) found.set(opportunity.id, opportunity)
  }
  return chooseForIntent(organization, intent, [...found.values()])
}

/**
 * Of several opportunities the one that the intent made: same source, posting and performer, created since, not there before,
 * and not adopted by another export. One with the candidate's own link or name goes before others.
 */
export async function chooseForIntent(
  organization: string,
  intent: ExportIntent,
  opportunities: LeverOpportunity[],
): Promise<LeverOpportunity | null> {
  const matching = opportunities.filter((opportunity) => couldBeOf(intent, opportunity))
  if (matching.length === 0) return null
  const taken = await ExportModel.distinct('madeOpportunityId', { organization, madeOpportunityId: { $in: matching.map(({ id }) => id) } })
  const free = matching.filter(({ id }) => !taken.includes(id))
  const score = (one: LeverOpportunity): number => (sharesLink(intent, one) ? 2 : 0) + (sameName(intent.name, one.name) ? 1 : 0)
  const [best] = free.toSorted((a, b) => score(b) - score(a) || (a.createdAt?.getTime() ?? 0) - (b.createdAt?.getTime() ?? 0))
  return best ?? null
}

function couldBeOf(intent: ExportIntent, opportunity: LeverOpportunity): boolean {
  if (intent.knownOpportunityIds.includes(opportunity.id)) return false
  if (opportunity.createdAt && opportunity.createdAt.getTime() < intent.at.getTime() - CLOCK_MARGIN_MS) return false
  if (!opportunity.sources.includes(intent.source)) return false
  if (!samePosting(intent.postingId ?? null, opportunity)) return false
  if (!performedBy(intent.performAs, opportunity)) return false
  return (
    intent.emails.length > 0 || sharesLink(intent, opportunity) || (intent.links.length === 0 && sameName(intent.name, opportunity.name))
  )
}

/** Where Lever gave the applications by id only, having one is all that can be told. */
function samePosting(postingId: string | null, { postingIds, applicationIds }: LeverOpportunity): boolean {
  if (postingId === null) return applicationIds.length === 0
  return postingIds.length > 0 ? postingIds.includes(postingId) : applicationIds.length > 0
}

/** Recorded answers name the performer as `sourcedBy`, `owner` and in the first stage change; where none is told, nothing speaks against it. */
function performedBy(performAs: string, { sourcedBy, owner, stageChanges }: LeverOpportunity): boolean {
  const told = [sourcedBy, owner, stageChanges[0]?.userId].filter((id) => typeof id === 'string')
  return told.length === 0 || told.includes(performAs)
}

function sharesLink(intent: ExportIntent, { links }: LeverOpportunity): boolean {
  const known = new Set(links.map(foldLink))
  return intent.links.some((link) => known.has(foldLink(link)))
}

function foldLink(link: string): string {
  return withoutTrailingSlashes(link.trim().toLowerCase())
}

function sameName(a: string, b: string | null): boolean {
  return b !== null && a.trim().toLowerCase() === b.trim().toLowerCase()
}
