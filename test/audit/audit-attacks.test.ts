import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { Types } from 'mongoose'
import { OrganizationModel } from '../../src/accounts/organization-model.ts'
import { AuditEventModel, type AuditEventDocument } from '../../src/audit/audit-event-model.ts'
import { AuditHeadModel } from '../../src/audit/audit-head-model.ts'
import type { Audit } from '../../src/audit/audit.ts'
import { hashKeyPlace } from '../../src/accounts/trail-secrets.ts'
import { createSealer } from '../../src/secrets/sealer.ts'
import { auditWith, organizationWithTrail, organizationWithUnkeyedTrail, unkeyedRecords } from '../support/audit.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'

/** An attacker here writes anything into the database, and does not know SECRET_KEYS. */
describe('an audit trail under attack', () => {
  const sealer = createSealer([{ id: 'test', key: randomBytes(32) }])
  let audit: Audit
  let organization: string

  before(connectEmptyDatabase)
  after(leaveDatabase)
  beforeEach(async () => {
    audit = auditWith(sealer)
    organization = await organizationWithTrail(sealer)
    await appendMany(5)
  })

  async function appendMany(count: number, into = organization): Promise<void> {
    for (let number = 1; number <= count; number += 1)
      await audit.append({ organization: into, actor: 'user:1', action: 'candidate.exported', subject: `export:${number}` })
  }
  const stored = (of = organization) => AuditEventModel.find({ organization: of }).sort({ seq: 1 }).lean<AuditEventDocument[]>()
  const deleteFrom = (seq: number) => AuditEventModel.deleteMany({ organization, seq: { $gte: seq } })
  const deleteHead = async (): Promise<void> => void (await AuditHeadModel.deleteOne({ _id: organization }))
  const headDocument = (of = organization) => AuditHeadModel.collection.findOne({ _id: new Types.ObjectId(of) })
  /** Not valid, now and after whatever any process records next. */
  async function expectNoticed(): Promise<void> {
    expect((await audit.verify(organization)).valid).to.equal(false)
    await auditWith(sealer).append({ organization, actor: 'user:2', action: 'candidate.exported', subject: 'export:later' })
    expect((await audit.verify(organization)).valid).to.equal(false)
  }

  it('is valid as long as nobody tampers with it', async () => {
    expect(await audit.verify(organization)).to.deep.equal({ valid: true, checked: 5 })
  })

  it('detects that its last records were deleted, and keeps the gap when it continues', async () => {
    await deleteFrom(4)

    expect(await audit.verify(organization)).to.deep.equal({ valid: false, checked: 3 })
    expect((await audit.head(organization)).count).to.equal(5)
    await expectNoticed()
    expect((await stored()).map(({ seq }) => seq)).to.deep.equal([1, 2, 3, 6])
  })

  it('detects that its last records and its head were deleted', async () => {
    await deleteFrom(4)
    await deleteHead()

    await expectNoticed()
    const records = await stored()
    expect(records.map(({ action }) => action)).to.include('audit.headLost')
    expect((await audit.verify(organization)).firstBroken).to.equal(
      records.find(({ action }) => action === 'audit.headLost')?._id.toHexString(),
    )
  })

  it('detects that it was emptied', async () => {
    await deleteFrom(1)
    await expectNoticed()
  })

  it('detects that it was emptied together with its head', async () => {
    await deleteFrom(1)
    await deleteHead()
    await expectNoticed()
  })

  it('rejects a head whose count was reduced', async () => {
    const [, , third] = await stored()
    await deleteFrom(4)
    await AuditHeadModel.updateOne({ _id: organization }, { count: 3, hash: third?.hash ?? '' })
    await expectNoticed()
  })

  it('rejects a head without a MAC', async () => {
    await deleteFrom(4)
    await AuditHeadModel.collection.updateOne({ _id: new Types.ObjectId(organization) }, { $unset: { mac: 1 } })
    await expectNoticed()
    expect((await headDocument())?.mac).to.be.a('string')
  })

  it('detects fields of a different type', async () => {
    await AuditHeadModel.collection.updateOne({ _id: new Types.ObjectId(organization) }, { $set: { mac: 5 } })
    await expectNoticed()
    const [first] = await stored()
    await AuditEventModel.collection.updateOne({ organization: new Types.ObjectId(organization), seq: 1 }, { $set: { at: 'then' } })
    expect(await audit.verify(organization)).to.deep.equal({ valid: false, checked: 1, firstBroken: first?._id.toHexString() })
  })

  it('rejects the head of another organization', async () => {
    const other = await organizationWithTrail(sealer)
    await appendMany(3, other)
    await deleteFrom(4)
    const { _id, ...head } = (await headDocument(other)) ?? {}
    await AuditHeadModel.collection.updateOne({ _id: new Types.ObjectId(organization) }, { $set: head })
    await expectNoticed()
  })

  it('detects that it was rebuilt without the key, whatever is done to its head', async () => {
    const tamperings: Record<string, () => Promise<void>> = {
      'head kept': async () => undefined,
      'head deleted': deleteHead,
      'head set to the rebuilt chain': async () =>
        void (await AuditHeadModel.updateOne({ _id: organization }, { count: 5, hash: (await stored()).at(-1)?.hash ?? '' })),
    }
    for (const [what, tamper] of Object.entries(tamperings)) {
      await deleteFrom(1)
      await AuditEventModel.collection.insertMany(unkeyedRecords(new Types.ObjectId(organization), 5))
      await tamper()

      expect((await audit.verify(organization)).valid, what).to.equal(false)
      expect((await auditWith(sealer).verify(organization)).valid, what).to.equal(false)
    }
  })

  it('detects that records were rebuilt at its beginning', async () => {
    await AuditEventModel.deleteMany({ organization, seq: { $lte: 2 } })
    await AuditEventModel.collection.insertMany(unkeyedRecords(new Types.ObjectId(organization), 2))
    await expectNoticed()
  })

  it('detects a record that was appended without the key', async () => {
    const forged = unkeyedRecords(new Types.ObjectId(organization), 1, (await stored()).at(-1))
    await AuditEventModel.collection.insertMany(forged)

    expect(await audit.verify(organization)).to.deep.equal({ valid: false, checked: 6, firstBroken: forged[0]?._id.toHexString() })
    await expectNoticed()
  })

  it('detects a record that was inserted without the key before its first one', async () => {
    organization = await organizationWithTrail(sealer)
    await AuditEventModel.collection.insertMany(unkeyedRecords(new Types.ObjectId(organization), 1))
    await expectNoticed()
  })

  it('detects a copy of a record inserted at another place', async () => {
    const second = await AuditEventModel.findOne({ organization, seq: 2 }).orFail().lean()
    await AuditEventModel.collection.insertOne({ ...second, _id: new Types.ObjectId(), seq: 6 })
    await expectNoticed()
  })

  it('detects the chain of another organization in place of its own', async () => {
    const other = await organizationWithTrail(sealer)
    await appendMany(5, other)
    await deleteFrom(1)
    const moved = (await stored(other)).map((event) => ({
      ...event,
      _id: new Types.ObjectId(),
      organization: new Types.ObjectId(organization),
    }))
    await AuditEventModel.collection.insertMany(moved)
    const { _id, ...head } = (await headDocument(other)) ?? {}
    await AuditHeadModel.collection.updateOne({ _id: new Types.ObjectId(organization) }, { $set: head })
    await expectNoticed()
  })

  it('rejects the key of another organization: records are refused, and the trail is not valid', async () => {
    const other = await OrganizationModel.findById(await organizationWithTrail(sealer))
      .orFail()
      .lean()
    await OrganizationModel.updateOne({ _id: organization }, { hashKey: other.hashKey })

    const fresh = auditWith(sealer)
    const refused = await rejection(fresh.append({ organization, actor: 'user:1', action: 'x', subject: 'y:1' }))

    expect(refused).to.include({ code: 'storage_unavailable' })
    expect(await fresh.verify(organization)).to.deep.equal({ valid: false, checked: 0 })
    expect(await audit.verify(organization)).to.deep.equal({ valid: false, checked: 0 })
  })

  it('begins no new chain if the key was deleted', async () => {
    await OrganizationModel.collection.updateOne({ _id: new Types.ObjectId(organization) }, { $unset: { hashKey: 1 } })

    const fresh = auditWith(sealer)

    expect(await rejection(fresh.append({ organization, actor: 'user:1', action: 'x', subject: 'y:1' }))).to.include({
      code: 'storage_unavailable',
    })
    expect(await fresh.verify(organization)).to.deep.equal({ valid: false, checked: 0 })
    expect(await stored()).to.have.length(5)
  })

  it('cannot be made to look as if it never had a key', async () => {
    await deleteFrom(1)
    await deleteHead()
    await AuditEventModel.collection.insertMany(unkeyedRecords(new Types.ObjectId(organization), 3))
    await OrganizationModel.updateOne({ _id: organization }, { $unset: { keyedTrail: 1 } })

    const fresh = auditWith(sealer)
    await fresh.keyOlderTrails(() => false)

    expect(await fresh.verify(organization)).to.deep.equal({ valid: false, checked: 0 })
  })

  describe('with an earlier head stored elsewhere', () => {
    it('is valid if the head is among its records', async () => {
      const earlier = await audit.head(organization)
      await appendMany(2)

      expect(earlier).to.deep.equal({ count: 5, hash: (await stored())[4]?.hash })
      expect(await audit.verify(organization, earlier)).to.deep.equal({ valid: true, checked: 7 })
    })

    it('detects that an older state of the database was restored', async () => {
      const [records, head] = [await stored(), await headDocument()]
      await appendMany(2)
      const earlier = await audit.head(organization)
      await deleteFrom(1)
      await AuditEventModel.collection.insertMany(records)
      await AuditHeadModel.collection.replaceOne({ _id: new Types.ObjectId(organization) }, head ?? {})

      expect(await audit.verify(organization)).to.deep.equal({ valid: true, checked: 5 })
      expect(await audit.verify(organization, earlier)).to.deep.equal({ valid: false, checked: 5 })
      await appendMany(4)
      expect(await audit.verify(organization, earlier)).to.deep.equal({
        valid: false,
        checked: 7,
        firstBroken: (await stored())[6]?._id.toHexString(),
      })
    })
  })

  describe('from before keys existed', () => {
    let older: string

    beforeEach(async () => {
      older = organization = await organizationWithUnkeyedTrail(sealer, 4)
    })

    it('continues, valid as a whole', async () => {
      await audit.keyOlderTrails(() => false)
      expect(await audit.verify(older)).to.deep.equal({ valid: true, checked: 5 })

      await appendMany(3, older)

      expect(await audit.verify(older)).to.deep.equal({ valid: true, checked: 8 })
      expect((await stored(older))[4]?.previousHash).to.equal((await stored(older))[3]?.hash)
    })

    it('gets its key with the next record, whichever of several processes writes it', async () => {
      const processes = [auditWith(sealer), auditWith(sealer), auditWith(sealer)]
      await Promise.all(
        processes.map((one, number) => one.append({ organization: older, actor: 'user:1', action: 'x.y', subject: `z:${number}` })),
      )

      expect((await audit.verify(older)).valid).to.equal(true)
      expect(new Set((await stored(older)).map(({ subject }) => subject))).to.include.keys('z:0', 'z:1', 'z:2')
      expect(await OrganizationModel.countDocuments({ _id: older, keyedTrail: true })).to.equal(1)
    })

    it('keeps its fingerprint key', async () => {
      const before = await OrganizationModel.findById(older).orFail().lean()
      await audit.keyOlderTrails(() => false)
      const after = await OrganizationModel.findById(older).orFail().lean()

      expect(sealer.open(after.hashKey, hashKeyPlace(older, true))).to.equal(sealer.open(before.hashKey, hashKeyPlace(older, false)))
    })

    it('detects records that were rebuilt, added, or deleted since, before and after the first record with a key', async () => {
      await audit.keyOlderTrails(() => false)
      for (const withKeyed of [false, true]) {
        if (withKeyed) await appendMany(1, older)
        const records = await stored(older)
        const rebuilt = unkeyedRecords(new Types.ObjectId(older), 4)
        const longer = unkeyedRecords(new Types.ObjectId(older), 6)
        for (const forged of [rebuilt, longer, records.slice(0, 3)]) {
          await AuditEventModel.deleteMany({ organization: older })
          await AuditEventModel.collection.insertMany(forged)
          expect((await audit.verify(older)).valid).to.equal(false)
        }
        await AuditEventModel.deleteMany({ organization: older })
        await AuditEventModel.collection.insertMany(records)
        expect((await audit.verify(older)).valid).to.equal(true)
      }
    })

    it('detects a record without a key that was added after the trail got its key', async () => {
      await audit.keyOlderTrails(() => false)
      const forged = unkeyedRecords(new Types.ObjectId(older), 1, (await stored(older)).at(-1))
      await AuditEventModel.collection.insertMany(forged)

      expect(await audit.verify(older)).to.deep.equal({ valid: false, checked: 6, firstBroken: forged[0]?._id.toHexString() })
      await expectNoticed()
    })
  })

  it('continues from a restored backup whose head is newer than its records, when an operator confirms it', async () => {
    await deleteFrom(4)
    expect((await audit.verify(organization)).valid).to.equal(false)

    await audit.goOnFromBackup(organization)

    expect(await audit.verify(organization)).to.deep.equal({ valid: true, checked: 4 })
    expect((await stored()).at(-1)).to.include({ seq: 4, actor: 'operator', action: 'organization.restored' })
  })

  it('has its head advanced by the next record or verification if a kill prevented that', async () => {
    const head = await headDocument()
    await appendMany(2)
    await AuditHeadModel.collection.replaceOne({ _id: new Types.ObjectId(organization) }, head ?? {})

    expect(await audit.verify(organization)).to.deep.equal({ valid: true, checked: 7 })
    expect((await headDocument())?.count).to.equal(7)
    await AuditHeadModel.collection.replaceOne({ _id: new Types.ObjectId(organization) }, head ?? {})
    await auditWith(sealer).append({ organization, actor: 'user:1', action: 'x.y', subject: 'z:1' })
    expect((await headDocument())?.count).to.equal(8)
  })
})
