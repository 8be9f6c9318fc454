import { expect } from 'chai'
import { LeverPostingModel } from '../../src/mirror/lever-record-models.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { mirrorOf, type MirrorUnderTest } from './mirror-under-test.ts'

describe('age of the mirror', () => {
  let lever: LeverForTests
  let under: MirrorUnderTest

  before(async () => {
    await connectEmptyDatabase()
    lever = await startLever()
    await lever.settings({ rateLimit: { enabled: false } })
    under = await mirrorOf(lever)
  })
  after(async () => {
    await under.mirror.startWorker().stop(1000)
    await lever.stop()
    await leaveDatabase()
  })

  it('shows for each resource when all of it was last read, regardless of later look-ups, and the number of records', async () => {
    const before = await under.mirror.recordAges(under.organization)
    const { startedAt } = await under.synced()
    await LeverPostingModel.updateOne({ organization: under.organization }, { seenAt: new Date(Date.now() + 60_000) })

    const ages = await under.mirror.recordAges(under.organization)

    expect(before).to.deep.include({ resource: 'users', records: 0, readAt: null })
    expect(ages).to.deep.include({ resource: 'users', records: 8, readAt: startedAt })
    expect(ages).to.deep.include({ resource: 'postings', records: 11, readAt: startedAt })
    expect(await under.mirror.recordAges('0123456789abcdef01234567')).to.deep.equal(before)
  })
})
