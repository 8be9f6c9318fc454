import type { ConversationDeps } from './conversation-deps.ts'
import type { ConversationDocument } from './conversation-model.ts'
import { messagesBetween } from './message-model.ts'
import type { ToldMessage } from './transcript.ts'

/** The messages of the note that is being written, as they are told: our people and the candidate by name, others as they call themselves. */
export async function tellMessages(
  deps: Pick<ConversationDeps, 'personName'>,
  { _id, organization, pending }: ConversationDocument,
  candidateName: string | null,
): Promise<ToldMessage[]> {
  const messages = await messagesBetween(_id, pending?.fromSeq ?? 0, pending?.toSeq ?? 0)
  const names = new Map<string, string>()
  for (const author of new Set(messages.filter(({ direction }) => direction === 'outbound').map((message) => message.author)))
    names.set(author, (await deps.personName(String(organization), author)) ?? author)
  return messages.map(({ direction, author, body, channel, sentAt }) => ({
    who: direction === 'inbound' ? (candidateName ?? author) : (names.get(author) ?? author),
    body,
    channel: channel ?? null,
    sentAt,
  }))
}

export function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
