import { isConfidential } from '../../accounts/clearance.ts'
import type { LeverOpportunity } from '../../lever/opportunities.ts'
import type { Mirror } from '../../mirror/mirror.ts'
import type { OpportunityView } from '../../mirror/find-opportunities.ts'
import type { Duplicate, FindDuplicatesDeps } from './find-duplicates.ts'

type Described = Pick<
  OpportunityView,
  'id' | 'contact' | 'stage' | 'postings' | 'owner' | 'archived' | 'confidentiality' | 'url' | 'createdAt'
>

/** For this long, Lever's search may not show an opportunity that Fulcrum created; far longer than any lag seen. */
const SEARCH_LAG_MS = 10 * 60_000

/** Describes duplicates: adds texts from the mirror to the ids of stage, owner, postings and archive reason. */
export function duplicatesFrom(
  mirror: Pick<
    Mirror,
    | 'opportunitiesOf'
    | 'opportunityState'
    | 'usersById'
    | 'findPosting'
    | 'findStage'
    | 'standingOf'
    | 'lacksHashes'
    | 'restoreHashes'
    | 'hastenSweep'
  >,
): FindDuplicatesDeps {
  const describe = async (
    organization: string,
    one: Described,
    texts: { stage: string | null; reason: string | null },
  ): Promise<Duplicate> => {
    const owner = one.owner === null ? null : (await mirror.usersById(organization, [one.owner])).get(one.owner)
    const postings = await Promise.all(
      one.postings.map(async (id) => {
        const posting = await mirror.findPosting(organization, id, 'all')
        return { id, title: posting?.text ?? null, isPublic: posting !== null && !isConfidential(posting) }
      }),
    )
    return {
      opportunityId: one.id,
      contactId: one.contact,
      url: one.url,
      stage: one.stage === null ? null : { id: one.stage, text: texts.stage },
      archived: one.archived && {
        reason: one.archived.reason,
        reasonText: texts.reason,
        archivedAt: one.archived.archivedAt?.toISOString() ?? null,
      },
      owner: one.owner === null ? null : { id: one.owner, name: owner?.name ?? null },
      postings,
      createdAt: one.createdAt?.toISOString() ?? null,
      confidential: isConfidential(one),
    }
  }
  return {
    searchLagMs: SEARCH_LAG_MS,
    standing: mirror.standingOf,
    lacksHashes: mirror.lacksHashes,
    restoreHashes: mirror.restoreHashes,
    hasten: mirror.hastenSweep,
    async mirrored(organization, person) {
      const found = await mirror.opportunitiesOf(organization, { ...person, by: 'address' })
      return Promise.all(
        found
          .filter(({ isAnonymized }) => !isAnonymized)
          .map(async (one) => {
            const stage = one.stage === null ? null : ((await mirror.findStage(organization, one.stage))?.text ?? null)
            return describe(organization, one, { stage, reason: null })
          }),
      )
    },
    async describe(organization, opportunity: LeverOpportunity) {
      const state = await mirror.opportunityState(organization, opportunity)
      const { contact, stage, owner, archived, postingIds: postings, confidentiality, url, createdAt, id } = opportunity
      const one = { id, contact, stage, postings, owner, archived, confidentiality, url, createdAt }
      return describe(organization, one, { stage: state.stage.text, reason: state.archived?.reasonText ?? null })
    },
  }
}
