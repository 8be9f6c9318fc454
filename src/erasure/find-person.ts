import { linksOf } from '../people/person-keys.ts'
import type { ErasureDeps, PersonToForget } from './erasure-deps.ts'
import type { ErasureDocument } from './erasure-model.ts'
import { findOpportunities } from './whose-opportunities.ts'

/** Runs again in each pass, because an export under way may have created an opportunity since. */
export async function findPerson(document: ErasureDocument, deps: ErasureDeps): Promise<PersonToForget> {
  const organization = String(document.organization)
  const candidateId = String(document.candidate)
  const { name = '', emails = [], phones = [], links = [], pastKeys = [] } = document.person ?? {}
  const traces = await deps.exports.tracesOf(organization, candidateId)
  const person = {
    emails,
    links,
    pastKeys,
    candidateId,
    opportunityIds: [...(document.person?.opportunityIds ?? []), ...traces.opportunityIds],
    contactIds: [...(document.person?.contactIds ?? []), ...traces.contactIds],
    made: traces.made,
    found: traces.found.opportunityIds,
  }
  const { own, shared, sharers } = await findOpportunities(deps, organization, person)
  const texts = [name, ...emails, ...phones, ...links, ...pastKeys]
  return {
    organization,
    candidateId,
    exportIds: traces.exportIds,
    opportunityIds: own,
    sharedIds: shared,
    name,
    emails,
    phones,
    links,
    pastKeys,
    ownTexts: await withoutTextsOf(deps, organization, sharers, texts),
    since: document.createdAt,
  }
}

async function withoutTextsOf(deps: ErasureDeps, organization: string, candidateIds: string[], texts: string[]): Promise<string[]> {
  const theirs = new Set<string>()
  for (const id of candidateIds) {
    const candidate = await deps.candidates.find(organization, id)
    if (!candidate) continue
    const { name, emails, phones } = candidate
    for (const text of [name, ...emails, ...phones.map(({ value }) => value), ...linksOf(candidate)]) theirs.add(text.toLowerCase())
  }
  return texts.filter((text) => !theirs.has(text.toLowerCase()))
}
