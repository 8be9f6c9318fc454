import type { ConversationDeps, NoteTerms } from './conversation-deps.ts'
import type { ConversationDocument } from './conversation-model.ts'
import { newestOutbound } from './message-model.ts'
import { isServiceError } from '../errors.ts'
import { isNotShown } from '../lever/lever-call-error.ts'

/**
 * Chooses the Lever user who authors the note: the mapping of the newest message's sender, else the fallback from the settings, else none,
 * which means the integration. Users that Lever refused are skipped.
 */
export async function chooseAuthor(
  deps: Pick<ConversationDeps, 'mappedLeverUser' | 'leverUserByEmail'>,
  { _id, organization, pending, lastSeq }: ConversationDocument,
  { performAsFallback }: Pick<NoteTerms, 'performAsFallback'>,
): Promise<string | null> {
  const refused = pending?.refusedUsers ?? []
  const sent = await newestOutbound({ _id, organization }, pending?.toSeq ?? lastSeq)
  const mapped = sent && (await deps.mappedLeverUser(String(organization), sent.author))
  if (mapped && !refused.includes(mapped)) return mapped
  const fallback = performAsFallback === null ? null : await deps.leverUserByEmail(String(organization), performAsFallback)
  return fallback && !refused.includes(fallback) ? fallback : null
}

/**
 * Resolves to true if a 403 or 404 for a write is about the perform-as user, not about the opportunity or the note. Lever's status for a
 * deactivated user is assumed, so the user is read from Lever.
 */
export async function isAboutAuthor(
  deps: Pick<ConversationDeps, 'isLeverUserGone'>,
  { organization, pending }: Pick<ConversationDocument, 'organization' | 'pending'>,
  error: unknown,
): Promise<boolean> {
  if (!pending?.performAs || !isNotShown(error)) return false
  try {
    return await deps.isLeverUserGone(String(organization), pending.performAs)
  } catch (unanswered) {
    if (isServiceError(unanswered)) return false
    throw unanswered
  }
}
