import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { Types } from 'mongoose'
import { AuditEventModel } from '../../src/audit/audit-event-model.ts'
import { createSealer } from '../../src/secrets/sealer.ts'
import { auditWith, organizationWithTrail } from '../support/audit.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

describe('audit trail', () => {
  const sealer = createSealer([{ id: 'test', key: randomBytes(32) }])
  let organization: string

  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(async () => {
    organization = await organizationWithTrail(sealer)
  })

  const record = (subject: string) => ({ organization, actor: 'user:1', action: 'candidate.exported', subject, leverUser: 'lever-1' })
  const stored = () => AuditEventModel.find({ organization }).sort({ seq: 1 }).lean()

  it('chains each record to the previous one', async () => {
    const audit = auditWith(sealer)

    await audit.append(record('export:1'))
    await audit.append(record('export:2'))

    const [first, second] = await stored()
    expect(first).to.include({ seq: 1, previousHash: null, action: 'candidate.exported', leverUser: 'lever-1' })
    expect(second).to.include({ seq: 2, previousHash: first?.hash })
    expect(await audit.verify(organization)).to.deep.equal({ valid: true, checked: 2 })
  })

  it('records an event once, even if several processes record it', async () => {
    const exported = { ...record('export:1'), once: true } as const
    await auditWith(sealer).append(exported)
    await auditWith(sealer).append(exported)
    await auditWith(sealer).append({ ...exported, subject: 'export:2' })
    await auditWith(sealer).append({ ...exported, organization: await organizationWithTrail(sealer) })
    await auditWith(sealer).append({ ...exported, action: 'candidate.erased' })

    expect((await stored()).map(({ subject, action }) => `${subject} ${action}`)).to.deep.equal([
      'export:1 candidate.exported',
      'export:2 candidate.exported',
      'export:1 candidate.erased',
    ])
  })

  it('is durable when append resolves', async () => {
    const audit = auditWith(sealer)

    await Promise.all(Array.from({ length: 30 }, async (_value, number) => {
      await audit.append(record(`export:${number}`))
      expect(await AuditEventModel.countDocuments({ organization, subject: `export:${number}` })).to.equal(1)
    })) // prettier-ignore
  })

  it('keeps one chain, in order within a process and without loss or gap across several', async () => {
    const appenders = [auditWith(sealer), auditWith(sealer), auditWith(sealer)]

    await Promise.all(
      appenders.flatMap((audit, process) => Array.from({ length: 400 }, (_value, number) => audit.append(record(`${process}:${number}`)))),
    )

    const events = await stored()
    expect(events.map(({ seq }) => seq)).to.deep.equal(Array.from({ length: 1200 }, (_value, index) => index + 1))
    for (const process of [0, 1, 2]) {
      const own = events.map(({ subject }) => subject).filter((subject) => subject.startsWith(`${process}:`))
      expect(own).to.deep.equal(Array.from({ length: 400 }, (_value, number) => `${process}:${number}`))
    }
    expect(await auditWith(sealer).verify(organization)).to.deep.equal({ valid: true, checked: 1200 })
  })

  it('appends after a pause to what another process has written since', async () => {
    const [one, other] = [auditWith(sealer), auditWith(sealer)]

    for (let turn = 0; turn < 3; turn += 1) {
      await one.append(record(`one:${turn}`))
      await other.append(record(`other:${turn}`))
    }

    expect(await one.verify(organization)).to.deep.equal({ valid: true, checked: 6 })
  })

  for (const [what, change] of Object.entries({
    'another actor': { actor: 'user:2' },
    'another action': { action: 'candidate.deleted' },
    'another subject': { subject: 'export:9' },
    'another Lever user': { leverUser: 'lever-2' },
    'another time': { at: new Date(0) },
    'another hash before': { previousHash: 'x' },
    'another organization': { organization: new Types.ObjectId() },
  })) {
    it(`detects a record with ${what}`, async () => {
      const audit = auditWith(sealer)
      for (let number = 1; number <= 4; number += 1) await audit.append(record(`export:${number}`))
      const events = await stored()

      await AuditEventModel.collection.updateOne({ _id: events[1]?._id as Types.ObjectId }, { $set: change })

      const broken = what === 'another organization' ? events[2] : events[1]
      expect(await audit.verify(organization)).to.deep.equal({ valid: false, checked: 2, firstBroken: broken?._id.toHexString() })
    })
  }

  it('detects a missing record, including the first', async () => {
    const audit = auditWith(sealer)
    for (let number = 1; number <= 4; number += 1) await audit.append(record(`export:${number}`))
    const events = await stored()

    await AuditEventModel.deleteOne({ _id: events[0]?._id })

    expect(await audit.verify(organization)).to.deep.equal({ valid: false, checked: 1, firstBroken: events[1]?._id.toHexString() })
  })

  it('detects records that changed places', async () => {
    const audit = auditWith(sealer)
    for (let number = 1; number <= 3; number += 1) await audit.append(record(`export:${number}`))
    const events = await stored()

    await AuditEventModel.collection.updateOne({ _id: events[1]?._id as Types.ObjectId }, { $set: { seq: 9 } })
    await AuditEventModel.collection.updateOne({ _id: events[2]?._id as Types.ObjectId }, { $set: { seq: 2 } })

    expect((await audit.verify(organization)).firstBroken).to.equal(events[2]?._id.toHexString())
  })

  it('keeps organizations separate', async () => {
    const audit = auditWith(sealer)
    await audit.append(record('export:1'))
    await audit.append({ ...record('export:1'), organization: await organizationWithTrail(sealer) })

    expect((await audit.list(organization, { limit: 10 })).data).to.have.length(1)
    expect((await stored())[0]?.seq).to.equal(1)
  })

  it('lists newest first, page by page', async () => {
    const audit = auditWith(sealer)
    for (let number = 1; number <= 5; number += 1) await audit.append(record(`export:${number}`))

    const first = await audit.list(organization, { limit: 3 })
    const second = await audit.list(organization, { limit: 3, cursor: first.nextCursor ?? '' })

    expect([...first.data, ...second.data].map(({ subject }) => subject)).to.deep.equal([
      'export:5',
      'export:4',
      'export:3',
      'export:2',
      'export:1',
    ])
    expect(second.nextCursor).to.equal(null)
  })

  it('tells the caller when a record could not be written', async () => {
    const audit = auditWith(sealer)

    const failure = await audit.append({ ...record('export:1'), organization: 'no id' }).catch((error: unknown) => error)

    expect(failure).to.include({ code: 'storage_unavailable' })
    await audit.append(record('export:2'))
    expect(await stored()).to.have.length(1)
  })
})
