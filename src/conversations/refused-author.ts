import { isServiceError } from '../errors.ts'
import { isNotShown } from '../lever/lever-call-error.ts'
import type { ConversationDeps } from './conversation-deps.ts'
import type { ConversationDocument } from './conversation-model.ts'

/**
 * Whether a 403 or 404 for a write is about the performing user, not about the opportunity or the note. Lever's status for a deactivated
 * user is assumed, so the user is read from Lever.
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
