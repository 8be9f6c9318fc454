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
const PARAMS = z.strictObject({ externalId: plainLine(200).meta({ description: "The texting tool's id of the conversation." }) })

const MessageInput = z
  .strictObject({
    id: plainLine(200).meta({ description: 'Of the message, in the conversation. The same message sent again changes nothing.' }),
    candidateId: z
      .string()
      .regex(/^[0-9a-f]{24}$/, 'is not the id of a candidate')
      .optional(),
    opportunityId: z.string().refine(isLeverId, 'is not an id of Lever').optional(),
    direction: z.enum(DIRECTIONS),
    author: plainLine(320).meta({
      description: "Of an outbound message the e-mail of one of the organization's people: the note is written as them.",
    }),
    body: plainText(10_000),
    sentAt: z.iso.datetime({ offset: true }),
    channel: plainLine(50).optional().meta({ description: 'Such as sms.' }),
  })
  .refine(({ candidateId, opportunityId }) => (candidateId === undefined) !== (opportunityId === undefined), {
    path: ['candidateId'],
    message: 'give either candidateId or opportunityId',
  })
  .meta({ id: 'MessageInput' })

/** `/conversations`: messages in, notes in Lever out. */
export function conversationEndpoints({ conversations }: { conversations: Pick<Conversations, 'receive' | 'get'> }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'post',
      path: '/conversations/{externalId}/messages',
      tag: TAG,
      summary: 'A message of a conversation with a candidate',
      description:
        'Kept once: the same message sent again changes nothing, and another one with the same id (a different body, author, direction, ' +
        'channel or time) is refused with `state_conflict`. When no message has come for the quiet time, everything since the last note becomes one note on the opportunity in ' +
        'Lever, of several the newest that is not archived; one that does not exist yet is waited for. With a session it must be about a ' +
        'candidate of the organization, by its id or an opportunity linked to it, and the author must be mapped to a Lever user. A sourcer ' +
        'writes only in a conversation that has an outbound message of theirs or no outbound message yet; any other one is `not_found`. ' +
        'About an opportunity whose candidate was erased here it is refused with `erased`.',
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
      summary: 'A conversation and its notes',
      description:
        'A sourcer sees those with candidates of the organization that have an outbound message of theirs or none at all, and none about a ' +
        'confidential record. Admins and API keys see all.',
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
