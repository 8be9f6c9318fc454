import type { LeverClient } from '../../lever/client.ts'
import { findOpportunitiesByEmail, listOpportunities, type LeverOpportunity, type OpportunityFilters } from '../../lever/opportunities.ts'
import { isSameSource, spellingsOf } from '../../lever/sources.ts'
import { withoutTrailingSlashes } from '../../trailing-slashes.ts'
import { ExportModel, type ExportIntent } from '../export-model.ts'

/**
 * Lever's clock may differ from the database's by this much. The margin can be wide, because opportunities from before the POST are known
 * by their ids.
 */
const CLOCK_MARGIN_MS = 10 * 60_000

/**
 * Looks in Lever for the opportunity that an unclear POST may have created: by each email, or by source if there is no email that Lever
 * can search by, in both archive states. Resolves to the opportunity, or to null if Lever does not show one (yet).
 */
export async function lookForIntent(
  organization: string,
  intent: ExportIntent,
  deps: { client: LeverClient; canSeeConfidential: boolean },
): Promise<LeverOpportunity | null> {
  const filters = {
    createdAtStart: intent.at.getTime() - CLOCK_MARGIN_MS,
    expand: ['applications', 'stage'] as const,
    ...(deps.canSeeConfidential ? { confidentiality: 'all' as const } : {}),
  }
  const found = await searchFor(intent, deps.client, filters)
  const made = await chooseForIntent(organization, intent, found)
  if (made || !intent.resume) return made
  const unread: LeverOpportunity[] = []
  for await (const one of listOpportunities(deps.client, filters)) if (isUnreadForm(intent, one)) unread.push(one)
  return firstFree(organization, unread)
}

async function searchFor(intent: ExportIntent, client: LeverClient, filters: OpportunityFilters): Promise<LeverOpportunity[]> {
  const found = new Map<string, LeverOpportunity>()
  let isSearchable = intent.emails.length > 0
  for (const email of intent.emails) {
    const shown = await findOpportunitiesByEmail(client, email, filters)
    if (shown === null) isSearchable = false
    for (const opportunity of shown ?? []) found.set(opportunity.id, opportunity)
  }
  if (isSearchable) return [...found.values()]
  const source = await spellingsOf(client, intent.source)
  for await (const opportunity of listOpportunities(client, { ...filters, source }))
    if (intent.emails.length === 0 || isAbout(intent, opportunity)) found.set(opportunity.id, opportunity)
  return [...found.values()]
}

/**
 * Resolves to the opportunity that the intent created: same source, posting and performer, created since the intent, not known before it,
 * and not adopted by another export. If several match, one with the candidate's link or name comes first.
 */
export async function chooseForIntent(
  organization: string,
  intent: ExportIntent,
  opportunities: LeverOpportunity[],
): Promise<LeverOpportunity | null> {
  const matching = opportunities.filter((opportunity) => couldBeOf(intent, opportunity))
  const score = (one: LeverOpportunity): number => (sharesLink(intent, one) ? 2 : 0) + (sameName(intent.name, one.name) ? 1 : 0)
  return firstFree(
    organization,
    matching.toSorted((a, b) => score(b) - score(a) || (a.createdAt?.getTime() ?? 0) - (b.createdAt?.getTime() ?? 0)),
  )
}

/** Resolves to the first opportunity that no export has adopted. */
async function firstFree(organization: string, opportunities: LeverOpportunity[]): Promise<LeverOpportunity | null> {
  if (opportunities.length === 0) return null
  const ids = opportunities.map(({ id }) => id)
  const taken = await ExportModel.distinct('madeOpportunityId', { organization, madeOpportunityId: { $in: ids } })
  return opportunities.find(({ id }) => !taken.includes(id)) ?? null
}

/** True if an opportunity that was found only by its source is about the intent's person. */
function isAbout(intent: ExportIntent, opportunity: LeverOpportunity): boolean {
  const emails = new Set(intent.emails.map((email) => email.toLowerCase()))
  return (
    opportunity.emails.some((email) => emails.has(email.toLowerCase())) ||
    sharesLink(intent, opportunity) ||
    sameName(intent.name, opportunity.name)
  )
}

/**
 * True if a form created the opportunity and Lever read its name but none of its lists. Without addresses and source to compare, the
 * performing user must match.
 */
function isUnreadForm(intent: ExportIntent, opportunity: LeverOpportunity): boolean {
  if (intent.knownOpportunityIds.includes(opportunity.id) || !isRecentEnough(intent, opportunity)) return false
  if (opportunity.emails.length > 0 || opportunity.sources.length > 0 || !sameName(intent.name, opportunity.name)) return false
  return opportunity.sourcedBy === intent.performAs || opportunity.stageChanges[0]?.userId === intent.performAs
}

function isRecentEnough(intent: ExportIntent, { createdAt }: LeverOpportunity): boolean {
  return createdAt === null || createdAt.getTime() >= intent.at.getTime() - CLOCK_MARGIN_MS
}

function couldBeOf(intent: ExportIntent, opportunity: LeverOpportunity): boolean {
  if (intent.knownOpportunityIds.includes(opportunity.id)) return false
  if (!isRecentEnough(intent, opportunity)) return false
  if (!opportunity.sources.some((source) => isSameSource(source, intent.source))) return false
  if (!samePosting(intent.postingId ?? null, opportunity)) return false
  if (!performedBy(intent.performAs, opportunity)) return false
  return (
    intent.emails.length > 0 || sharesLink(intent, opportunity) || (intent.links.length === 0 && sameName(intent.name, opportunity.name))
  )
}

/** If Lever returned applications only by id, any application counts as a match. */
function samePosting(postingId: string | null, { postingIds, applicationIds }: LeverOpportunity): boolean {
  if (postingId === null) return applicationIds.length === 0
  return postingIds.length > 0 ? postingIds.includes(postingId) : applicationIds.length > 0
}

/** Recorded answers name the performer as `sourcedBy`, as `owner` and in the first stage change. If none is given, it counts as a match. */
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
