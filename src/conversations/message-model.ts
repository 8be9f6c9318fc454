import { model, Schema, type InferSchemaType, type Types } from 'mongoose'

export const DIRECTIONS = ['inbound', 'outbound'] as const

/** A message as received; it never changes. */
const messageSchema = new Schema(
  {
    organization: { type: Schema.Types.ObjectId, required: true },
    conversation: { type: Schema.Types.ObjectId, required: true },
    seq: { type: Number, required: true },
    /** The sender's id of the message. */
    messageId: { type: String, required: true },
    direction: { type: String, enum: DIRECTIONS, required: true },
    author: { type: String, required: true },
    body: { type: String, required: true },
    channel: { type: String, default: null },
    sentAt: { type: Date, required: true },
  },
  { collection: 'conversation_messages', timestamps: { createdAt: true, updatedAt: false } },
)
// a message that is sent again finds its first copy
messageSchema.index({ organization: 1, conversation: 1, messageId: 1 }, { unique: true })
messageSchema.index({ organization: 1, conversation: 1, seq: 1 }, { unique: true })

export type MessageDocument = InferSchemaType<typeof messageSchema> & { _id: Types.ObjectId }
export const MessageModel = model('ConversationMessage', messageSchema)

/** A conversation, as it is stored or with only these fields. */
export interface Conversation {
  _id: Types.ObjectId
  organization: Types.ObjectId
}

/** Matches the messages of a conversation. */
export function messagesOf({ _id, organization }: Conversation) {
  return { organization, conversation: _id }
}

/** Resolves to the messages after `fromSeq` up to `toSeq`, in the order in which they were sent. */
export async function messagesBetween(conversation: Conversation, fromSeq: number, toSeq: number): Promise<MessageDocument[]> {
  return MessageModel.find({ ...messagesOf(conversation), seq: { $gt: fromSeq, $lte: toSeq } })
    .sort({ sentAt: 1, seq: 1 })
    .allowDiskUse(true)
    .lean<MessageDocument[]>()
}

/** Resolves to the newest outbound message up to `toSeq`, whose author represents the conversation. */
export async function newestOutbound(conversation: Conversation, toSeq: number): Promise<MessageDocument | null> {
  const sent = { ...messagesOf(conversation), seq: { $lte: toSeq }, direction: 'outbound' as const }
  return MessageModel.findOne(sent).sort({ sentAt: -1, seq: -1 }).lean<MessageDocument>()
}
