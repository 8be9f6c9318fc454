import type { ClientSession } from 'mongodb'
import type { OrganizationCaller } from '../accounts/caller.ts'
import { clearanceOf, type Clearance } from '../accounts/clearance.ts'
import { normalizeEmail } from '../accounts/email-address.ts'
import { MessageModel, messagesOf, type Conversation } from './message-model.ts'

/** The person or key that reads or writes a conversation. */
export interface ConversationAsker {
  clearance: Clearance
  /** Email of the person in a session; null for an API key. */
  person: string | null
}

export function askerOf(caller: OrganizationCaller): ConversationAsker {
  return { clearance: clearanceOf(caller), person: caller.kind === 'person' ? caller.email : null }
}

/**
 * A sourcer takes part in a conversation in which they have written to the candidate, and may join one in which no one has. Admins and API
 * keys take part in all.
 */
export async function takesPart(
  { clearance, person }: ConversationAsker,
  conversation: Conversation,
  session: ClientSession | null = null,
): Promise<boolean> {
  if (clearance === 'all' || person === null) return true
  const outbound = { ...messagesOf(conversation), direction: 'outbound' }
  const authors = await MessageModel.aggregate<{ _id: string }>([{ $match: outbound }, { $group: { _id: '$author' } }]).session(session)
  return authors.length === 0 || authors.some(({ _id }) => normalizeEmail(_id) === person)
}
