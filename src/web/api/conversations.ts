import { z } from 'zod'
import { askerOf } from '../../conversations/conversation-asker.ts'
import { ConversationView } from '../../conversations/conversation-view.ts'
import type { Conversations } from '../../conversations/conversations.ts'
import { DIRECTIONS } from '../../conversations/message-model.ts'
import { isLeverId } from '../../lever/lever-id.ts'
import { assertSpeaksFor } from '../shell/speaks-for.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { plainLine, plainText } from './request-fields.ts'

const TAG = 'Conversations'
const PARAMS = z.strictObject({ externalId: plainLine(200).meta({ description: 'The id of the conversation in the texting tool.' }) })

const MessageInput = z
  .strictObject({
    id: plainLine(200).meta({ description: 'Id of the message in the conversation. Sending the same message again changes nothing.' }),
    candidateId: z
      .string()
      .regex(/^[0-9a-f]{24}$/, 'is not the id of a candidate')
      .optional(),
    opportunityId: z.string().refine(isLeverId, 'is not a Lever id').optional(),
    direction: z.enum(DIRECTIONS),
    author: plainLine(320).meta({
      description: "For an outbound message, the email address of one of the organization's people. The note is written as that person.",
    }),
    body: plainText(10_000),
    sentAt: z.iso.datetime({ offset: true }),
    channel: plainLine(50).optional().meta({ description: 'For example sms.' }),
  })
  .refine(({ candidateId, opportunityId }) => (candidateId === undefined) !== (opportunityId === undefined), {
    path: ['candidateId'],
    message: 'must have either candidateId or opportunityId',
  })
  .meta({ id: 'MessageInput' })

/** `/conversations`: takes messages in, which become notes in Lever. */
export function conversationEndpoints({ conversations }: { conversations: Pick<Conversations, 'receive' | 'get'> }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'post',
      path: '/conversations/{externalId}/messages',
      tag: TAG,
      summary: 'Add a message to a conversation with a candidate',
      description:
        'Sending the same message again changes nothing, and a different message with the same id (another body, author, direction, ' +
        'channel or time) is refused with `state_conflict`. When no message has arrived for the quiet time, everything since the last note becomes one note on the opportunity in ' +
        'Lever, or on the newest unarchived one if there are several; if there is none yet, the note waits. With a session, the conversation must be about a ' +
        'candidate of the organization, named by its id or a linked opportunity, and the author must be mapped to a Lever user. A sourcer ' +
        'can write only in a conversation with an outbound message of their own or with none yet; any other is `not_found`. ' +
        'A message about an opportunity whose candidate was erased here is refused with `erased`.',
      access: 'sourcer',
      params: PARAMS,
      body: MessageInput,
      answers: { 202: { description: 'The conversation', schema: ConversationView } },
      problems: [
        'not_found',
        'candidate_not_found',
        'erased',
        'state_conflict',
        'user_inactive',
        'user_not_mapped',
        'mapping_inactive',
        'lever_user_deactivated',
      ],
      check: ({ caller, body }) => assertSpeaksFor(caller, body.author),
      replay: async ({ caller }, kept) => ({
        status: kept.status,
        body: await conversations.get(caller.organization, { _id: kept.id }, askerOf(caller)),
      }),
      handle: async ({ caller, params, body }) => {
        const message = { ...body, sentAt: new Date(body.sentAt) }
        const { id, view } = await conversations.receive(caller.organization, params.externalId, message, askerOf(caller))
        return { status: 202, body: view, result: { id } }
      },
    }),
    defineEndpoint({
      method: 'get',
      path: '/conversations/{externalId}',
      tag: TAG,
      summary: 'Get a conversation and its notes',
      description:
        'A sourcer sees conversations with candidates of the organization that have an outbound message of their own or none at all, but none about a ' +
        'confidential record. Admins and API keys see all conversations.',
      access: 'sourcer',
      params: PARAMS,
      answers: { 200: { description: 'The conversation', schema: ConversationView } },
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await conversations.get(caller.organization, { externalId: params.externalId }, askerOf(caller)),
      }),
    }),
  ]
}
