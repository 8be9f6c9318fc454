import { expect } from 'chai'
import { Types } from 'mongoose'
import type { ConversationAsker } from '../../src/conversations/conversation-asker.ts'
import { ConversationModel } from '../../src/conversations/conversation-model.ts'
import { MessageModel } from '../../src/conversations/message-model.ts'
import { receiveMessage, type IncomingMessage } from '../../src/conversations/receive-message.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'

describe('conversations/receive message', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)

  const organization = String(new Types.ObjectId())
  const message = (fields: Partial<IncomingMessage>): IncomingMessage => ({
    id: 'm',
    opportunityId: 'o',
    direction: 'inbound',
    author: 'somebody',
    body: 'Hello',
    sentAt: new Date('2026-03-02T03:00:00Z'),
    ...fields,
  })
  const receive = (
    externalId: string,
    fields: Partial<IncomingMessage>,
    candidateExists = () => Promise.resolve(true),
    asker: ConversationAsker = { clearance: 'all', person: null },
    isErased = () => Promise.resolve(false),
  ) =>
    receiveMessage({ candidateExists, isErased, noteDelayMs: 1000, timeoutMs: 1000 }, { organization, externalId }, message(fields), asker)

  it('numbers concurrent messages without gaps, and stores one of two identical messages', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, at) => receive('crowd', { id: `m${at % 8}` })))

    const conversation = await ConversationModel.findOne({ externalId: 'crowd' }).orFail()
    const seqs = await MessageModel.find({ conversation: conversation._id }).sort({ seq: 1 }).distinct('seq')
    expect(seqs).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8])
    expect(conversation.lastSeq).to.equal(8)
    expect(conversation.dueAt.getTime())
      .to.be.lessThan(NEVER.getTime())
      .and.at.most(conversation.noteDueAt?.getTime() ?? 0)
  })

  it('refuses a different message with an existing id, even if both arrive at once', async () => {
    await receive('edited', {})
    await receive('edited', {})
    const others: Partial<IncomingMessage>[] = [
      { body: 'Hello!' },
      { author: 'somebody else' },
      { direction: 'outbound' },
      { channel: 'sms' },
      { sentAt: new Date('2026-03-02T03:00:01Z') },
    ]
    for (const other of others) expect(await rejection(receive('edited', other))).to.include({ code: 'state_conflict' })

    const bodies = ['a', 'b', 'c', 'd']
    const answers = await Promise.allSettled(bodies.map((body) => receive('raced', { body })))

    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as object] : []))
    expect(refused).to.have.lengthOf(3)
    for (const error of refused) expect(error).to.include({ code: 'state_conflict' })
    const [kept, ...more] = await MessageModel.find({ body: { $in: bodies } }).lean()
    expect(more).to.deep.equal([])
    expect(answers[bodies.indexOf(kept?.body ?? '')]).to.include({ status: 'fulfilled' })
    expect(await MessageModel.countDocuments({ organization, messageId: 'm', author: 'somebody', body: 'Hello' })).to.equal(1)
  })

  it('stores nothing for a candidate who has just been erased', async () => {
    const answers = [true, false]
    const gone = () => Promise.resolve(answers.shift() ?? false)

    const refused = await rejection(
      receive('erased', { candidateId: String(new Types.ObjectId()), opportunityId: undefined, body: 'of the erased' }, gone),
    )

    expect(refused).to.include({ code: 'candidate_not_found' })
    expect(await ConversationModel.countDocuments({ externalId: 'erased' })).to.equal(0)
    expect(await MessageModel.countDocuments({ organization, messageId: 'm', body: 'of the erased' })).to.equal(0)
  })

  it('stores nothing about an opportunity whose candidate has just been erased', async () => {
    const answers = [false, true]
    const meanwhile = () => Promise.resolve(answers.shift() ?? true)

    const refused = await rejection(receive('erased', { opportunityId: 'theirs', body: 'of the erased' }, undefined, undefined, meanwhile))

    expect(refused).to.include({ code: 'erased' })
    expect(await ConversationModel.countDocuments({ externalId: 'erased' })).to.equal(0)
    expect(await MessageModel.countDocuments({ organization, body: 'of the erased' })).to.equal(0)
  })
})
