import { isServiceError } from '../errors.ts'
import { isNotShown } from '../lever/lever-call-error.ts'
import type { ConversationDeps } from './conversation-deps.ts'
import type { ConversationDocument } from './conversation-model.ts'

/**
 * Whether 403 or 404 to a write is about the user in whose name it was made, and not about the opportunity or the note: which status Lever
 * has for a deactivated one is assumed, so Lever is asked for the user.
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
