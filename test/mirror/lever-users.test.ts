import { expect } from 'chai'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { LeverUserModel } from '../../src/mirror/lever-record-models.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'
import { mirrorOf, type MirrorUnderTest } from './mirror-under-test.ts'

describe("Lever's users in the mirror", () => {
  let lever: LeverForTests
  let under: MirrorUnderTest

  before(async () => {
    await connectEmptyDatabase()
    lever = await startLever()
    await lever.settings({ rateLimit: { enabled: false } })
  })
  after(async () => {
    await lever.stop()
    await leaveDatabase()
  })
  beforeEach(async () => {
    await lever.reset()
    await lever.settings({ rateLimit: { enabled: false } })
    under = await mirrorOf(lever)
  })

  it('are looked up in Lever with one call, or two if Lever spells the address differently, and stored', async () => {
    const { mirror, organization } = under
    await lever.clearRequests()

    const found = await mirror.lookUpUser(organization, ' Bo@ACME.example ')

    expect(found).to.include({ name: 'Bo Lindqvist', email: 'bo@acme.example', accessRole: 'admin', deactivatedAt: null })
    expect(await lever.requests('/users')).to.have.length(lever.answers.userEmail === 'anyCase' ? 1 : 2)
    expect(await mirror.findUser(organization, { email: 'BO@acme.example' })).to.deep.equal(found)
    expect(await mirror.findUser(organization, { id: found?.id ?? '' })).to.deep.equal(found)
  })

  it('distinguish a deactivated user from a missing one', async () => {
    const { mirror, organization } = under

    expect((await mirror.lookUpUser(organization, 'gus@acme.example'))?.deactivatedAt).to.be.instanceOf(Date)
    expect(await mirror.lookUpUser(organization, 'nobody@acme.example')).to.equal(null)
  })

  it('reflect Lever rather than earlier readings', async () => {
    const { mirror, organization } = under
    await mirror.refreshUsers(organization)
    await lever.deactivateUser('bo@acme.example')
    await lever.changeUser('chidi@acme.example', { email: 'chidi.okafor@acme.example' })

    expect((await mirror.lookUpUser(organization, 'bo@acme.example'))?.deactivatedAt).to.be.instanceOf(Date)
    expect(await mirror.lookUpUser(organization, 'chidi@acme.example')).to.equal(null)
  })

  it('come from the last reading when Lever is unreachable, and an error says so if there is none', async () => {
    const { mirror, organization } = under
    await mirror.lookUpUser(organization, 'bo@acme.example')
    await lever.fault({ match: { path: '/users' }, kind: 'status', status: 503, times: 99 })

    expect(await mirror.lookUpUser(organization, 'bo@acme.example')).to.include({ name: 'Bo Lindqvist' })
    expect(await rejection(mirror.lookUpUser(organization, 'ana@acme.example'))).to.include({ code: 'lever_unavailable' })
    await ConnectionModel.updateOne({ organization }, { status: 'revoked' })
    expect(await rejection(mirror.lookUpUser(organization, 'ana@acme.example'))).to.include({ code: 'connection_not_active' })
  })

  it('prefer the active one of two users with the same address', async () => {
    const { mirror, organization } = under
    const both = { organization, email: 'x@y.example', emailKey: 'x@y.example', seenAt: new Date() }
    await LeverUserModel.create({ ...both, leverId: 'old', deactivatedAt: new Date() })
    await LeverUserModel.create({ ...both, leverId: 'new' })

    expect(await mirror.findUser(organization, { email: 'x@y.example' })).to.include({ id: 'new' })
  })

  it('are only those that each caller asked for, if several ask at the same time', async () => {
    const { mirror, organization } = under
    const user = (leverId: string) => ({ organization, leverId, name: leverId, seenAt: new Date() })
    await LeverUserModel.create([user('u-1'), user('u-2')])

    const found = await Promise.all([['u-1'], ['u-2', 'u-2'], ['u-3']].map((ids) => mirror.usersById(organization, ids)))

    expect(found.map((users) => [...users.keys()])).to.deep.equal([['u-1'], ['u-2'], []])
  })

  it('are not visible to another organization', async () => {
    const { mirror, organization } = under
    const other = await mirrorOf(lever)
    await mirror.refreshUsers(organization)
    const [user] = await mirror.allUsers(organization)

    expect(await other.mirror.findUser(other.organization, { id: user?.id ?? '' })).to.equal(null)
    expect(await other.mirror.usersById(other.organization, [user?.id ?? ''])).to.deep.equal(new Map())
    expect(await other.mirror.allUsers(other.organization)).to.deep.equal([])
  })
})
