import { randomBytes } from 'node:crypto'
import { hash } from '@node-rs/argon2'
import { expect } from 'chai'
import { createAccounts, type Accounts } from '../../src/accounts/accounts.ts'
import { TypedPassword } from '../../src/accounts/password-hash.ts'
import { PasswordModel } from '../../src/accounts/password-model.ts'
import { PersonModel } from '../../src/accounts/person-model.ts'
import { SessionModel } from '../../src/accounts/session-model.ts'
import { switchSession } from '../../src/accounts/sessions.ts'
import { AuditEventModel } from '../../src/audit/audit-event-model.ts'
import { createSealer } from '../../src/secrets/sealer.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { auditWith } from '../support/audit.ts'
import { toNobody } from '../support/domain-events.ts'

const PASSWORD = 'three words suffice'

describe('passwords', () => {
  let accounts: Accounts
  let organization: string
  let number = 0

  before(async () => {
    await connectEmptyDatabase()
    const sealer = createSealer([{ id: 'test', key: randomBytes(32) }])
    accounts = createAccounts({
      sealer,
      audit: auditWith(sealer),
      publicUrl: 'https://fulcrum.example',
      publish: toNobody,
    })
    organization = (await accounts.createOrganization({ name: 'Acme', sourceName: 's' })).id
  })
  after(leaveDatabase)

  /** Somebody new who has just come in by a link. */
  async function comer(email = `p${(number += 1)}@acme.example`, inOrganization = organization) {
    const { person } = await accounts.putPerson(inOrganization, email, { name: 'P', role: 'sourcer' }, 'operator')
    const { token } = await accounts.startSession(inOrganization, person.id, { by: 'link' })
    const { caller } = (await accounts.findSession(token))!
    return { person, token, caller }
  }
  const put = (of: Awaited<ReturnType<typeof comer>>, next: string, current = '') => accounts.changePassword(of.caller, { current, next })

  it('are normalized to one form of Unicode', () => {
    expect(TypedPassword.parse('ﬁne words of latin')).to.equal('fine words of latin')
  })

  it('are stored as argon2id with a unique salt, and verify only their owner', async () => {
    const [one, other] = [await comer(), await comer()]

    await put(one, PASSWORD)
    await put(other, PASSWORD)

    const [first, second] = await PasswordModel.find({ person: { $in: [one.person.id, other.person.id] } }).lean()
    expect(first?.hash).to.match(/^\$argon2id\$v=19\$m=47104,t=2,p=1\$/)
    expect(first?.hash).not.to.equal(second?.hash)
    expect((await accounts.provePassword(` ${one.person.email.toUpperCase()}`, PASSWORD)).map(({ id }) => id)).to.deep.equal([
      one.person.id,
    ])
    expect(await accounts.provePassword(one.person.email, `${PASSWORD}!`)).to.deep.equal([])
    expect(await accounts.provePassword('nobody@acme.example', PASSWORD)).to.deep.equal([])
    expect(await AuditEventModel.countDocuments({ organization, action: 'user.passwordSet', subject: `user:${one.person.id}` })).to.equal(1)
  })

  it('take as long for unknown accounts as for known ones', async () => {
    const { person, ...rest } = await comer()
    await put({ person, ...rest }, PASSWORD)
    let [known, unknown] = [Infinity, Infinity]
    const timeOf = async (email: string): Promise<number> => {
      const startedAt = performance.now()
      await accounts.provePassword(email, 'quite another password')
      return performance.now() - startedAt
    }

    for (let attempt = 0; attempt < 4; attempt += 1) {
      known = Math.min(known, await timeOf(person.email))
      unknown = Math.min(unknown, await timeOf('stranger@acme.example'))
    }

    expect(unknown).to.be.greaterThan(known / 4)
  })

  it('are rehashed at the next successful sign-in when the cost has risen', async () => {
    const { person } = await comer()
    const cheap = await hash(PASSWORD, { memoryCost: 8192, timeCost: 1, parallelism: 1 })
    await PasswordModel.create({ organization, person: person.id, hash: cheap })

    await accounts.provePassword(person.email, 'a wrong password')
    const untouched = await PasswordModel.findOne({ person: person.id }).orFail().lean()
    const proven = await accounts.provePassword(person.email, PASSWORD)

    const renewed = await PasswordModel.findOne({ person: person.id }).orFail().lean()
    expect(untouched.hash).to.equal(cheap)
    expect(proven).to.have.lengthOf(1)
    expect(renewed.hash).to.contain('m=47104,t=2')
    expect(await accounts.provePassword(person.email, PASSWORD)).to.have.lengthOf(1)
  })

  it('verify nobody who is inactive or removed', async () => {
    const [paused, gone] = [await comer(), await comer()]
    for (const one of [paused, gone]) await put(one, PASSWORD)

    await PersonModel.updateOne({ _id: paused.person.id }, { active: false })
    await accounts.deletePerson(organization, gone.person.email, 'operator')
    await comer(gone.person.email)

    expect(await accounts.provePassword(paused.person.email, PASSWORD)).to.deep.equal([])
    expect(await accounts.provePassword(gone.person.email, PASSWORD)).to.deep.equal([])
    expect(await PasswordModel.countDocuments({ person: gone.person.id })).to.equal(0)
  })

  it('can be changed with the current one, or freely for fifteen minutes after a link', async () => {
    const one = await comer()
    expect(await put(one, PASSWORD)).to.equal('changed')
    expect(await put(one, `${PASSWORD} again`)).to.equal('changed')

    await SessionModel.updateOne({ person: one.person.id }, { signedInAt: new Date(Date.now() - 16 * 60_000) })
    expect(await put(one, 'chosen by a thief')).to.equal('wrongPassword')
    expect(await put(one, PASSWORD, `${PASSWORD} again`)).to.equal('changed')

    await SessionModel.updateOne({ person: one.person.id }, { signedInAt: new Date(), by: 'password' })
    expect(await put(one, 'chosen by a thief')).to.equal('wrongPassword')
    expect(await accounts.provePassword(one.person.email, PASSWORD)).to.have.lengthOf(1)
  })

  it('end all other sessions of their person, and only theirs, when they change', async () => {
    const [one, bystander] = [await comer(), await comer()]
    const elsewhere = await accounts.startSession(organization, one.person.id, { by: 'sample' })

    await put(one, PASSWORD)

    expect(await accounts.findSession(elsewhere.token)).to.equal(null)
    expect(await accounts.findSession(one.token)).not.to.equal(null)
    expect(await accounts.findSession(bystander.token)).not.to.equal(null)
  })

  describe('of one email address in two organizations', () => {
    async function both(email: string) {
      const other = await accounts.createOrganization({ name: 'Beta', sourceName: 's' })
      const [here, there] = [await comer(email), await comer(email, other.id)]
      return { other: other.id, here, there }
    }

    it('are separate: an admin of one, who may add any address, gains no access to the other', async () => {
      const { here, there } = await both('chief@acme.example')
      await put(here, PASSWORD)

      await put(there, 'set by somebody else')

      expect((await accounts.provePassword('chief@acme.example', PASSWORD)).map(({ id }) => id)).to.deep.equal([here.person.id])
      expect(await accounts.openOrganizations(there.caller)).to.have.lengthOf(1)
      expect(await accounts.switchOrganization(there.caller, here.person.id)).to.equal(null)
      expect(await accounts.findSession(there.token)).not.to.equal(null)
    })

    it('open both organizations if they are equal, and change in both', async () => {
      const { here, there } = await both('both@acme.example')
      await put(here, PASSWORD)
      await put(there, PASSWORD)
      const [first, second] = await accounts.provePassword('both@acme.example', PASSWORD)
      const { token } = await accounts.signInAs([first!, second!], 'password')
      const { caller, organizations } = (await accounts.findSession(token))!

      expect(organizations).to.equal(2)
      expect(await accounts.changePassword(caller, { current: PASSWORD, next: `${PASSWORD} now` })).to.equal('changed')

      expect(await accounts.provePassword('both@acme.example', `${PASSWORD} now`)).to.have.lengthOf(2)
      expect(await accounts.findSession(there.token)).to.equal(null)
    })

    it('no longer open one where the person was deactivated, even after reactivation', async () => {
      const { other, here, there } = await both('leaver@acme.example')
      const { token } = await accounts.signInAs([here.person, there.person], 'openId')
      const { caller } = (await accounts.findSession(token))!
      const activate = (active: boolean) =>
        accounts.putPerson(other, 'leaver@acme.example', { name: 'L', role: 'sourcer', active }, 'operator')

      await activate(false)
      await activate(true)

      expect((await accounts.findSession(token))?.organizations).to.equal(1)
      expect(await accounts.switchOrganization(caller, there.person.id)).to.equal(null)
    })

    it('continue in the other organization under a new token', async () => {
      const { here, there } = await both('switcher@acme.example')
      const { token } = await accounts.signInAs([here.person, there.person], 'openId')
      const { caller } = (await accounts.findSession(token))!

      const stranger = await comer()
      expect(await switchSession(caller.sessionId, stranger.person.id)).to.equal(null)
      const switched = await accounts.switchOrganization(caller, there.person.id)

      expect(await accounts.findSession(token)).to.equal(null)
      expect((await accounts.findSession(switched?.token ?? ''))?.caller).to.include({ personId: there.person.id })
      expect(await AuditEventModel.countDocuments({ action: 'signIn.switched', subject: `user:${there.person.id}` })).to.equal(1)
    })
  })
})
