import { isLeverStatus } from '../lever/lever-call-error.ts'
import type { LeverClient } from '../lever/client.ts'
import { listDeletedOpportunities } from '../lever/opportunities.ts'
import type { ConversationDeps } from './conversation-deps.ts'
import type { ConversationDocument } from './conversation-model.ts'

/** Lever's clock and ours may differ. */
const OVERLAP_MS = 24 * 3_600_000

interface Whose extends Pick<ConversationDocument, 'opportunityId' | 'gone' | 'bySession'> {
  organization: ConversationDocument['organization'] | string
  candidate?: ConversationDocument['candidate'] | string
}

/**
 * Resolves to the opportunity for a conversation's note: the one that was named, else the candidate's newest that is not archived, else the
 * newest; null while there is none. `without`: an opportunity that is known to be gone.
 */
export async function findTarget(deps: Pick<ConversationDeps, 'opportunitiesOf'>, of: Whose, without?: string): Promise<string | null> {
  if (of.opportunityId && of.opportunityId !== without) return of.opportunityId
  if (!of.candidate) return null
  const known = (await deps.opportunitiesOf(String(of.organization), String(of.candidate))) ?? []
  const there = known.filter(({ id, confidential }) => id !== without && !of.gone.includes(id) && !(of.bySession && confidential))
  return (there.find(({ archived }) => !archived) ?? there[0])?.id ?? null
}

/** Resolves to true if Lever lists the opportunity as deleted; a 404 alone may also mean that it is confidential, or not there yet. */
export async function isListedAsDeleted(client: LeverClient, id: string, since: Date): Promise<boolean> {
  const deletedAtStart = Math.max(0, since.getTime() - OVERLAP_MS)
  try {
    for await (const deleted of listDeletedOpportunities(client, { deletedAtStart, lane: 'bulk' })) if (deleted.id === id) return true
    return false
  } catch (error) {
    if (isLeverStatus(error, 403)) return false
    throw error
  }
}
