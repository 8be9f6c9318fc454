import { expect } from 'chai'
import { Types } from 'mongoose'
import type { ConversationDeps, NoteTerms } from '../../src/conversations/conversation-deps.ts'
import { ConversationModel, type ConversationDocument } from '../../src/conversations/conversation-model.ts'
import { giveBack, type ClaimedConversation } from '../../src/conversations/conversation-steps.ts'
import { cutNote } from '../../src/conversations/cut-note.ts'
import { endDeleted } from '../../src/conversations/forget-conversations.ts'
import { MessageModel } from '../../src/conversations/message-model.ts'
import { writeNotes } from '../../src/conversations/write-notes.ts'
import type { LeverClient } from '../../src/lever/client.ts'
import { createLog } from '../../src/log.ts'
import { claimWork, LeaseLost } from '../../src/work/claim.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'

const TERMS: NoteTerms = { status: 'active', mode: 'perPause', secret: false, language: 'en', timeZone: 'UTC', performAsFallback: null }

describe('conversations/a claim that another worker has taken over', () => {
  const organization = new Types.ObjectId()
  let sent: string[]

  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(async () => {
    sent = []
    await ConversationModel.deleteMany({})
    const due = { lastSeq: 1, noteDueAt: new Date(0), dueAt: new Date(0) }
    const { _id: conversation } = await ConversationModel.create({ organization, externalId: 'talk', opportunityId: 'o', ...due })
    const message = { messageId: 'm', direction: 'outbound', author: 'x@x.example', body: 'Hello', sentAt: new Date() } as const
    await MessageModel.create({ organization, conversation, seq: 1, ...message })
  })

  const claim = async (leaseMs: number): Promise<ClaimedConversation> => {
    const [claimed] = await claimWork<ConversationDocument>(ConversationModel, { statuses: ['open'], atMost: 1, leaseMs })
    if (!claimed) throw new Error('nothing to claim')
    return claimed
  }
  const read = async () => ConversationModel.findOne({ organization }).orFail().lean()

  /** A Lever that takes every note; before it does, the lease lapses. */
  function leverAfterLapse(claimed: ClaimedConversation): LeverClient {
    const write: LeverClient['write'] = async (method, path, { prepare, beforeSend, schema }) => {
      await prepare?.()
      claimed.leaseEndsAt = 0
      beforeSend?.()
      sent.push(`${method} ${path}`)
      return { status: 201, body: schema.parse({ data: { id: 'n' } }) as never }
    }
    return { write } as LeverClient
  }

  function depsWith(client: LeverClient, terms: NoteTerms): ConversationDeps {
    const nobody = async () => null
    return {
      readTerms: async () => terms,
      leverClient: async () => client,
      candidateExists: async () => true,
      isErased: async () => false,
      candidateName: nobody,
      opportunitiesOf: nobody,
      candidatesOf: async () => [],
      confidentialAmong: async () => [],
      assertMapped: async () => undefined,
      personName: nobody,
      mappedLeverUser: nobody,
      leverUserByEmail: nobody,
      isLeverUserGone: async () => false,
      audit: async () => undefined,
      wake: () => undefined,
      noteDelayMs: 1000,
      leaseMs: 60_000,
      settleMs: 1000,
      timeoutMs: 1000,
      log: createLog({ level: 'silent' }),
    }
  }

  it('creates no note and releases nothing', async () => {
    const stale = await claim(0)
    const current = await claim(60_000)

    expect(await cutNote(stale, TERMS)).to.equal(null)
    expect(await rejection(giveBack(stale))).to.be.instanceOf(LeaseLost)
    expect(await read()).to.deep.include({ pending: null, claim: current.document.claim })
    expect(await cutNote(current, TERMS)).to.nested.include({ 'pending.toSeq': 1 })
  })

  it('is ended by a deletion in Lever', async () => {
    const claimed = await claim(60_000)

    await endDeleted(claimed.document)

    expect(await rejection(giveBack(claimed))).to.be.instanceOf(LeaseLost)
    expect(await MessageModel.countDocuments({ organization, conversation: claimed.document._id })).to.equal(0)
  })

  for (const mode of ['perPause', 'perConversation'] as const) {
    it(`sends nothing once its lease has lapsed (${mode})`, async () => {
      if (mode === 'perConversation') {
        const notes = [{ noteId: 'n', opportunityId: 'o', messages: 0, writtenAt: new Date(), hash: 'another' }]
        await ConversationModel.updateOne({}, { notes, rewrite: { fromSeq: 0, firstNote: 0 } })
      }
      const claimed = await claim(60_000)

      const lost = await rejection(writeNotes(claimed, depsWith(leverAfterLapse(claimed), { ...TERMS, mode })))

      expect(lost).to.be.instanceOf(LeaseLost)
      expect(sent).to.deep.equal([])
      expect(await read()).to.nested.include({ notedSeq: 0, 'pending.done': 0 })
    })
  }
})
