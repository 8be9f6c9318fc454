import type { Types } from 'mongoose'
import type { ConversationDeps } from './conversation-deps.ts'
import type { ConversationDocument } from './conversation-model.ts'
import { messagesBetween, type MessageDocument } from './message-model.ts'
import type { TranscriptMessage } from './transcript.ts'

/** Returns a function that names a message's speaker: our people and the candidate by name, others as they call themselves. */
export async function readSpeakers(
  deps: Pick<ConversationDeps, 'personName'>,
  organization: Types.ObjectId,
  { messages, candidateName }: { messages: readonly MessageDocument[]; candidateName: string | null },
): Promise<(message: Pick<MessageDocument, 'direction' | 'author'>) => string> {
  const names = new Map<string, string | null>()
  for (const author of new Set(messages.filter(({ direction }) => direction === 'outbound').map((message) => message.author)))
    names.set(author, await deps.personName(String(organization), author))
  return ({ direction, author }) => (direction === 'inbound' ? candidateName : names.get(author)) ?? author
}

/** Resolves to the messages of the current note, with their speakers. */
export async function readNoteMessages(
  deps: Pick<ConversationDeps, 'personName'>,
  { _id, organization, pending }: ConversationDocument,
  candidateName: string | null,
): Promise<TranscriptMessage[]> {
  const messages = await messagesBetween({ _id, organization }, pending?.fromSeq ?? 0, pending?.toSeq ?? 0)
  const speakerOf = await readSpeakers(deps, organization, { messages, candidateName })
  return messages.map((message) => {
    const { body, channel = null, sentAt } = message
    return { who: speakerOf(message), body, channel, sentAt }
  })
}

export function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
