import type { ConversationDeps, NoteTerms } from './conversation-deps.ts'
import type { ConversationDocument } from './conversation-model.ts'
import { newestOutbound } from './message-model.ts'

/**
 * As which Lever user the note is written: the mapping of who sent the newest message, else the fallback of the settings, else nobody, which
 * is the integration. Users that Lever refused are passed over.
 */
export async function chooseAuthor(
  deps: Pick<ConversationDeps, 'mappedLeverUser' | 'leverUserByEmail'>,
  { _id, organization, pending, lastSeq }: ConversationDocument,
  { performAsFallback }: Pick<NoteTerms, 'performAsFallback'>,
): Promise<string | null> {
  const refused = pending?.refusedUsers ?? []
  const sent = await newestOutbound(_id, pending?.toSeq ?? lastSeq)
  const mapped = sent && (await deps.mappedLeverUser(String(organization), sent.author))
  if (mapped && !refused.includes(mapped)) return mapped
  const fallback = performAsFallback === null ? null : await deps.leverUserByEmail(String(organization), performAsFallback)
  return fallback && !refused.includes(fallback) ? fallback : null
}
