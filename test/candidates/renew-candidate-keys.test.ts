import { expect } from 'chai'
import { Types } from 'mongoose'
import { CandidateInput } from '../../src/candidates/candidate-input.ts'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { KeyRenewalModel } from '../../src/candidates/key-renewal-model.ts'
import { hasSearchKeys, renewCandidateKeys } from '../../src/candidates/renew-candidate-keys.ts'
import { saveCandidate } from '../../src/candidates/save-candidate.ts'
import { ServiceError } from '../../src/errors.ts'
import { KEY_VERSION } from '../../src/people/person-keys.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { nobodyErased } from '../support/nobody-erased.ts'
import { rejection } from '../support/rejection.ts'

describe('stored keys of an earlier version', () => {
  const organization = new Types.ObjectId()

  before(connectEmptyDatabase)
  beforeEach(async () => {
    await Promise.all([CandidateModel.deleteMany({}), KeyRenewalModel.deleteMany({})])
  })
  after(leaveDatabase)

  /** As the version before wrote them. */
  const FORMER = {
    name: 'Ana', emails: ['Ana@müller.example', 'info@a.example'], phones: [], tags: [], links: ['https://github.com/Ana', 'https://www.linkedin.com/company/a', 'https://es.linkedin.com/in/Ana/en'], profileUrl: 'https://tool.example/1',
    emailKeys: ['ana@müller.example', 'info@a.example'], linkKeys: ['github.com/Ana', 'linkedin.com/company/a', 'linkedin.com/in/ana/en', 'tool.example/1'], revision: 3,
  } // prettier-ignore
  const NOW = { emailKeys: ['ana@xn--mller-kva.example'], linkKeys: ['github.com/ana', 'linkedin.com/in/ana'] }
  const addFormer = (count: number, updatedAt = new Date(0)) =>
    CandidateModel.collection.insertMany(Array.from({ length: count }, () => ({ ...FORMER, organization, updatedAt })) as never[])
  const outdated = () => CandidateModel.countDocuments({ linkKeys: 'github.com/Ana' })

  it('are recomputed once, and nothing else changes', async () => {
    await addFormer(3)

    await renewCandidateKeys(() => false)
    await addFormer(1)
    await renewCandidateKeys(() => false)

    const [first, , , last] = await CandidateModel.find().sort({ _id: 1 }).lean()
    expect(first).to.deep.include({ ...FORMER, ...NOW, updatedAt: new Date(0) })
    expect(last).to.deep.include(FORMER)
  })

  it('are recomputed a second time hours later, for what a process of the earlier version wrote, and then never again', async () => {
    const hoursPass = () => KeyRenewalModel.updateOne({}, { doneAt: new Date(Date.now() - 7 * 3_600_000) })
    await renewCandidateKeys(() => false)
    await addFormer(2)

    await hoursPass()
    await renewCandidateKeys(() => false)
    const afterSecond = await outdated()
    await addFormer(1)
    await hoursPass()
    await renewCandidateKeys(() => false)

    expect([afterSecond, await outdated()]).to.deep.equal([0, 1])
  })

  it('are recomputed when the version increases', async () => {
    await renewCandidateKeys(() => false)
    await addFormer(1)
    await KeyRenewalModel.updateOne({}, { version: KEY_VERSION - 1 })

    await renewCandidateKeys(() => false)

    expect(await outdated()).to.equal(0)
  })

  it('are recomputed although one candidate cannot be read as one, which stays as it is', async () => {
    await CandidateModel.collection.insertOne({ organization, name: 'Unreadable', phones: 'none', revision: 1 })
    await addFormer(1)

    await renewCandidateKeys(() => false)

    expect(await outdated()).to.equal(0)
    expect(await CandidateModel.countDocuments({ name: 'Unreadable', searchKeys: { $exists: false } })).to.equal(1)
  })

  it('are complete at once only in a database that no earlier version has used', async () => {
    await renewCandidateKeys(() => false)
    const inNew = await hasSearchKeys()
    await KeyRenewalModel.deleteMany({})
    await KeyRenewalModel.create({ _id: 'candidates', version: KEY_VERSION, isDone: true, isSecondPass: true })
    await renewCandidateKeys(() => false)

    expect([inNew, await hasSearchKeys()]).to.deep.equal([true, false])
  })

  it('are recomputed in both passes even if a process of the earlier version renews its own keys beside it', async () => {
    await addFormer(1)
    await renewCandidateKeys(() => false)
    await KeyRenewalModel.collection.updateOne(
      { _id: 'candidates' as never },
      { $set: { version: KEY_VERSION, isDone: true, isSecondPass: true } },
      { upsert: true },
    )

    expect(await hasSearchKeys()).to.equal(false)
  })

  it('are recomputed from where a process was stopped, and by several processes at once', async () => {
    await addFormer(2100)
    let asked = 0

    await renewCandidateKeys(() => (asked += 1) > 2)
    expect(await outdated()).to.equal(1100)
    await Promise.all([renewCandidateKeys(() => false), renewCandidateKeys(() => false), renewCandidateKeys(() => false)])

    expect(await outdated()).to.equal(0)
    expect((await KeyRenewalModel.findOne().lean())?.isDone).to.equal(true)
  })

  it('refuse people who were erased under the former keys', async () => {
    const among = async (_: string, keys: readonly string[]) =>
      new Set(keys.filter((key) => ['github.com/Ana', 'ana@müller.example', 'linkedin.com/company/a'].includes(key)))
    const entering = { erased: { ...nobodyErased, among }, allowErased: false, watchStages: async () => null }
    const add = async (input: object) => saveCandidate(String(organization), CandidateInput.parse({ name: 'Bo', ...input }), entering)

    for (const known of [{ links: ['https://github.com/Ana'] }, { emails: ['ANA@müller.example'] }]) {
      expect(await rejection(add(known)))
        .to.be.instanceOf(ServiceError)
        .with.property('code', 'erased')
    }
    expect(await add({ links: ['https://www.linkedin.com/company/a'] })).to.have.property('created', true)
  })
})
