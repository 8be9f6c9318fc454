import mongoose, { Types } from 'mongoose'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'
import { MessageModel } from '../../src/conversations/message-model.ts'
import { SOURCER, type Organization } from './connected-organization.ts'

const AT_ONCE = 2000
const SAID = ['Hello, may I call you tomorrow?', 'Yes, after four.', 'Thank you, until then!'] as const

export interface QuietTimes {
  /** End of the first quiet time. */
  from: Date
  /** The period over which the quiet times end, evenly; 0: all at once. */
  overMs: number
}

/**
 * Writes a conversation of three messages for each of the opportunities, in its state after the last message. The messages' `sentAt` is the
 * end of the quiet time, which the conversation no longer has once it is noted.
 */
export async function seedConversations(
  databaseUri: string,
  { id }: Organization,
  opportunityIds: readonly string[],
  { from, overMs }: QuietTimes,
): Promise<void> {
  await mongoose.connect(databaseUri, { autoIndex: false })
  const organization = new Types.ObjectId(id)
  for (let first = 0; first < opportunityIds.length; first += AT_ONCE) {
    const conversations = opportunityIds.slice(first, first + AT_ONCE).map((opportunityId, index) => {
      const noteDueAt = new Date(from.getTime() + (overMs * (first + index)) / opportunityIds.length)
      const externalId = `${from.getTime()}-${first + index}`
      return { organization, externalId, opportunityId, lastSeq: SAID.length, noteDueAt, dueAt: noteDueAt }
    })
    const made = await ConversationModel.insertMany(conversations)
    await MessageModel.insertMany(made.flatMap(({ _id, noteDueAt }) => messagesOf(organization, _id, noteDueAt ?? from)))
  }
  await mongoose.disconnect()
}

function messagesOf(organization: Types.ObjectId, conversation: Types.ObjectId, sentAt: Date) {
  return SAID.map((body, index) => ({
    organization,
    conversation,
    seq: index + 1,
    messageId: String(index),
    direction: index === 1 ? 'inbound' : 'outbound',
    author: index === 1 ? '+351 912 345 678' : SOURCER,
    body,
    channel: 'sms',
    sentAt,
  }))
}

export interface Noted {
  /** Conversations whose messages are all in notes. */
  conversations: number
  notes: number
  /** How long after the quiet time Lever had answered each note, in ms. */
  lateMs: number[]
  /** When the first and the last note were written, in ms since the epoch. */
  firstAt: number
  lastAt: number
}

/** Resolves to the state of the conversations whose quiet times begin to end at `from`. */
export async function readNoted(databaseUri: string, { from }: QuietTimes): Promise<Noted> {
  const connection = await mongoose.createConnection(databaseUri).asPromise()
  const found = await connection
    .collection<{ notes: { writtenAt: Date }[]; lastSeq: number; notedSeq: number }>(ConversationModel.collection.name)
    .find({ externalId: { $regex: `^${from.getTime()}-` } }, { projection: { notes: 1, lastSeq: 1, notedSeq: 1 } })
    .toArray()
  const sent = await connection
    .collection<{ conversation: Types.ObjectId; sentAt: Date }>(MessageModel.collection.name)
    .find({ conversation: { $in: found.map(({ _id }) => _id) }, seq: 1 }, { projection: { conversation: 1, sentAt: 1 } })
    .toArray()
  await connection.close()
  const dueAt = new Map(sent.map(({ conversation, sentAt }) => [String(conversation), sentAt.getTime()]))
  const written = found.flatMap(({ _id, notes }) =>
    notes.map(({ writtenAt }) => ({ at: writtenAt.getTime(), due: dueAt.get(String(_id)) ?? Number.NaN })),
  )
  const times = written.map(({ at }) => at).toSorted((a, b) => a - b)
  return {
    conversations: found.filter(({ lastSeq, notedSeq }) => notedSeq >= lastSeq).length,
    notes: written.length,
    lateMs: written.map(({ at, due }) => at - due),
    firstAt: times[0] ?? Number.NaN,
    lastAt: times.at(-1) ?? Number.NaN,
  }
}
