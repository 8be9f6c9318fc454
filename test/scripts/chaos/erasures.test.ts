import { expect } from 'chai'
import mongoose from 'mongoose'
import { findBlindSpots, findMarks } from '../../../scripts/chaos/erasures/find-marks.ts'
import { findAll, type ErasureEvidence } from '../../../scripts/chaos/erasures/findings.ts'
import type { Life } from '../../../scripts/chaos/erasures/lives.ts'
import { markedPerson } from '../../../scripts/chaos/erasures/marked-people.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'

const ANSWERED_AT = 1000
const ACCEPTED_AT = new Date(500)

describe('scripts/chaos/erasures', () => {
  describe('traces', () => {
    before(connectEmptyDatabase)
    after(leaveDatabase)
    const db = () => mongoose.connection.getClient().db(mongoose.connection.name)

    it('are found in every form in which they are planted, and none remain afterwards', async () => {
      const person = markedPerson()

      expect(await findBlindSpots(db(), person)).to.deep.equal([])
      expect(await findMarks(db(), new Set([person.mark, person.phone]))).to.deep.equal(new Map())
    })

    it('are found in files, and only for the given people', async () => {
      const [person, other] = [markedPerson(), markedPerson()]
      const bucket = new mongoose.mongo.GridFSBucket(mongoose.connection.getClient().db(mongoose.connection.name), {
        bucketName: 'test_things',
      })
      await new Promise<void>((resolve) =>
        bucket.openUploadStream(`${other.mark}.txt`).end(`${person.name}\n`.repeat(30_000), () => resolve()),
      )

      expect(await findMarks(db(), new Set([person.mark]))).to.deep.equal(new Map([[person.mark, ['test_things.chunks']]]))
    })
  })

  describe('findings', () => {
    const person = markedPerson()
    const organization = { name: 'one', id: '1', apiKey: 'key', source: 'Chaos one' }
    const life: Life = { ...person, id: 'c1', organization, exportIsAccepted: true, erased: null }
    const erased: Life = { ...life, erased: { moment: 'no export', answeredAt: ANSWERED_AT, tookMs: 1 } }
    const DONE = { status: 'done', createdAt: ACCEPTED_AT, madeInLever: ['o1'] }

    function findWith(fields: Partial<ErasureEvidence>): string[] {
      const sound = { lives: [erased], inLever: new Map(), erasures: new Map([['c1', DONE]]), known: new Set(['o1']), traces: new Map() }
      return findAll({ ...sound, ...fields }).map(({ what }) => what)
    }
    const inLever = (createdAt: number, notes: number[] = []) =>
      new Map([[person.mark, [{ id: 'o1', createdAt, notes: notes.map((at) => ({ createdAt: at })) }]]])

    it('are empty if every person was in Lever before the answer, is named in a receipt, and left no trace', () => {
      expect(findWith({})).to.deep.equal([])
      expect(findWith({ inLever: inLever(ANSWERED_AT, [ANSWERED_AT]) })).to.deep.equal([])
    })

    for (const [what, fields] of [
      ['created later', { inLever: inLever(ANSWERED_AT + 1) }],
      ['note later', { inLever: inLever(1, [ANSWERED_AT + 1]) }],
      ['unnamed', { inLever: inLever(ANSWERED_AT), known: new Set() }],
      ['unnamed', { inLever: inLever(ANSWERED_AT), erasures: new Map([['c1', { ...DONE, madeInLever: [] }]]) }],
      ['unfinished', { erasures: new Map() }],
      ['unfinished', { erasures: new Map([['c1', { ...DONE, status: 'running' }]]) }],
      ['trace', { traces: new Map([[person.mark, ['exports']]]) }],
      ['trace', { traces: new Map([[person.phone, ['candidates']]]) }],
      ['unanswered', { lives: [{ ...erased, erased: { moment: '', answeredAt: null, tookMs: 1 } }] }],
      ['survivor', { lives: [life] }],
    ] as [string, Partial<ErasureEvidence>][]) {
      it(`include what is ${what}: ${JSON.stringify(Object.keys(fields))}`, () => {
        expect(findWith(fields)).to.deep.equal([what])
      })
    }
  })
})
