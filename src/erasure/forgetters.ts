import type { Candidates } from '../candidates/candidates.ts'
import type { Resumes } from '../candidates/resumes.ts'
import type { Conversations } from '../conversations/conversations.ts'
import type { Exports } from '../export/exports.ts'
import type { Mirror } from '../mirror/mirror.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import type { Forgetter, PersonToForget } from './erasure-deps.ts'

export interface ForgettersDeps {
  candidates: Pick<Candidates, 'forget' | 'forgetInImports'>
  resumes: Pick<Resumes, 'dropOf'>
  exports: Pick<Exports, 'forgetCandidate' | 'rules'>
  conversations: Pick<Conversations, 'forget'>
  webhooks: Pick<Webhooks, 'forgetPayloads'>
  mirror: Pick<Mirror, 'forgetPerson' | 'forgetHistory'>
  /** Provided by a part that this one does not import. Resolves to the number deleted. */
  forgetIdempotencyKeys: (organization: string, resultIds: readonly string[]) => Promise<number>
}

/**
 * Every collection that may know a person, in the order in which it forgets: first the candidate, so that nothing new
 * begins; last the mirror, which knows the opportunities for which there may be deliveries.
 */
export function forgettersOf(deps: ForgettersDeps): Forgetter[] {
  const { candidates, resumes, exports, conversations, webhooks, mirror, forgetIdempotencyKeys } = deps
  const atOnce = (removed: number) => ({ removed, underWay: false })
  return [
    {
      collection: 'candidates',
      forget: async ({ organization, candidateId }) => atOnce(await candidates.forget(organization, candidateId)),
    },
    { collection: 'resumes', forget: async ({ organization, candidateId }) => atOnce(await resumes.dropOf(organization, candidateId)) },
    {
      collection: 'export_rule_entries',
      forget: async ({ organization, candidateId }) => atOnce(await exports.rules.forgetCandidate(organization, candidateId)),
    },
    { collection: 'exports', forget: ({ organization, candidateId }) => exports.forgetCandidate(organization, candidateId) },
    { collection: 'conversations', forget: ({ organization, ...person }) => conversations.forget(organization, person) },
    {
      collection: 'candidate_import_rejections',
      forget: ({ organization, name, emails, phones, links, pastKeys, since }) =>
        candidates.forgetInImports(organization, [name, ...emails, ...phones, ...links, ...pastKeys], since),
    },
    {
      collection: 'idempotency_keys',
      forget: async ({ organization, candidateId, exportIds }) =>
        atOnce(await forgetIdempotencyKeys(organization, [candidateId, ...exportIds])),
    },
    {
      collection: 'deliveries',
      forget: async ({ organization, ownTexts: texts, ...person }) =>
        atOnce(await webhooks.forgetPayloads(organization, { opportunityIds: soleOf(person), sharedIds: person.sharedIds, texts })),
    },
    {
      collection: 'lever_opportunity_history',
      forget: async ({ organization, ...person }) => atOnce(await mirror.forgetHistory(organization, soleOf(person))),
    },
    {
      collection: 'lever_opportunities',
      forget: async ({ organization, emails, links, ...person }) =>
        atOnce(await mirror.forgetPerson(organization, { emails, links, opportunityIds: soleOf(person) })),
    },
  ]
}

/** Returns the opportunities that no other candidate here has. */
function soleOf({ opportunityIds, sharedIds }: Pick<PersonToForget, 'opportunityIds' | 'sharedIds'>): string[] {
  return opportunityIds.filter((id) => !sharedIds.includes(id))
}
