import { ServiceError } from '../errors.ts'
import { takesPart, type ConversationAsker } from './conversation-asker.ts'
import type { ConversationDeps } from './conversation-deps.ts'
import { ConversationModel, type ConversationDocument } from './conversation-model.ts'
import { noSuchConversation } from './conversation-view.ts'
import { findTarget } from './find-target.ts'
import type { IncomingMessage } from './receive-message.ts'

type RightsDeps = Pick<ConversationDeps, 'assertMapped' | 'candidatesOf' | 'confidentialAmong' | 'opportunitiesOf'>

/**
 * A person in a session may write only about a candidate of the organization, as the Lever user they are mapped to, and never about a
 * confidential record, which is answered like a missing one. A sourcer may write only in conversations that they take part in. An API key
 * may write about any opportunity.
 * @throws ServiceError `user_not_mapped` and the like, `not_found` for a conversation they may not see, `candidate_not_found`
 */
export async function assertMayWrite(
  deps: RightsDeps,
  { organization, externalId }: { organization: string; externalId: string },
  { candidateId, opportunityId }: Pick<IncomingMessage, 'candidateId' | 'opportunityId'>,
  asker: ConversationAsker,
): Promise<void> {
  if (asker.person === null) return
  await deps.assertMapped(organization, asker.person)
  const known = await ConversationModel.findOne({ organization, externalId }).lean<ConversationDocument>()
  if (known) await assertMaySee(deps, known, asker)
  if (opportunityId !== undefined && (await deps.candidatesOf(organization, opportunityId)).length === 0) throw notHere()
  const target = await targetOf(deps, organization, { candidateId, opportunityId, known })
  if (target !== null && (await deps.confidentialAmong(organization, [target])).length > 0) throw notHere()
}

async function targetOf(
  deps: RightsDeps,
  organization: string,
  about: Pick<IncomingMessage, 'candidateId' | 'opportunityId'> & { known: ConversationDocument | null },
): Promise<string | null> {
  const { candidateId, opportunityId, known } = about
  if (opportunityId !== undefined) return opportunityId
  if (known?.opportunityId) return known.opportunityId
  const all = (await deps.opportunitiesOf(organization, candidateId ?? '')) ?? []
  return findTarget(
    { opportunitiesOf: async () => all },
    { organization, candidate: candidateId, opportunityId: null, gone: known?.gone ?? [], bySession: false },
  )
}

function notHere(): ServiceError {
  return new ServiceError('candidate_not_found', 'There is no such candidate.', {
    hint: 'Use a candidate of your organization, or an opportunity linked to one.',
  })
}

/**
 * Without full clearance, a caller sees only conversations that they take part in with candidates of the organization, and none about a
 * confidential record.
 * @throws ServiceError `not_found`
 */
export async function assertMaySee(
  deps: Pick<RightsDeps, 'candidatesOf' | 'confidentialAmong'>,
  { _id, organization, candidate, opportunityId }: Pick<ConversationDocument, '_id' | 'organization' | 'candidate' | 'opportunityId'>,
  asker: ConversationAsker,
): Promise<void> {
  if (asker.clearance === 'all') return
  const isOurs = Boolean(candidate) || (await deps.candidatesOf(String(organization), opportunityId ?? '')).length > 0
  const isHidden = Boolean(opportunityId) && (await deps.confidentialAmong(String(organization), [opportunityId ?? ''])).length > 0
  if (!isOurs || isHidden || !(await takesPart(asker, { _id, organization }))) throw noSuchConversation()
}
