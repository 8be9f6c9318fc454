import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { useFakeTimers } from 'sinon'
import { createAccounts, type Accounts } from '../../src/accounts/accounts.ts'
import { assertSpeaksFor } from '../../src/web/shell/speaks-for.ts'
import { OrganizationModel } from '../../src/accounts/organization-model.ts'
import { PersonModel } from '../../src/accounts/person-model.ts'
import { SessionModel } from '../../src/accounts/session-model.ts'
import { SignInLinkModel } from '../../src/accounts/sign-in-link-model.ts'
import { createSealer } from '../../src/secrets/sealer.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { auditWith } from '../support/audit.ts'
import { publishTo, toNobody } from '../support/domain-events.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

describe('accounts', () => {
  const sealer = createSealer([{ id: 'test', key: randomBytes(32) }])
  const audit = auditWith(sealer)
  let accounts: Accounts
  /** Who was said to be no admin any more. */
  const ended: string[] = []
  let organization: string

  before(async () => {
    await connectEmptyDatabase()
    accounts = createAccounts({
      sealer,
      audit,
      publicUrl: 'https://fulcrum.example',
      publish: publishTo({ adminAccessEnded: async ({ organization: id, email }) => void ended.push(`${id} ${email}`) }),
    })
    organization = (await accounts.createOrganization({ name: 'Acme', sourceName: 'headhuntr.io' })).id
  })
  after(leaveDatabase)

  const codeOf = (promise: Promise<unknown>) => promise.then(() => 'fine', (error: { code: string }) => error.code) // prettier-ignore

  describe('organizations', () => {
    it('have a fingerprint key of their own, sealed and the same in every process', async () => {
      const other = await accounts.createOrganization({ name: 'Other', sourceName: 's' })

      const key = await accounts.hashKeyOf(organization)

      expect(key).to.have.length(32)
      expect(await accounts.hashKeyOf(organization)).to.deep.equal(key)
      expect(
        await createAccounts({
          sealer,
          audit,
          publicUrl: '',
          publish: toNobody,
        }).hashKeyOf(organization),
      ).to.deep.equal(key)
      expect(await accounts.hashKeyOf(other.id)).not.to.deep.equal(key)
      expect((await OrganizationModel.findById(organization).lean())?.hashKey).to.match(/^v1\.test\./)
    })

    it('are found by id only', async () => {
      expect(await accounts.getOrganization(organization)).to.deep.equal({ id: organization, name: 'Acme', sourceName: 'headhuntr.io' })
      expect(await codeOf(accounts.getOrganization('a'.repeat(24)))).to.equal('not_found')
    })

    it('change their source name', async () => {
      const { id } = await accounts.createOrganization({ name: 'Renamed', sourceName: 'old' })

      await accounts.setSourceName(id, 'new')

      expect((await accounts.getOrganization(id)).sourceName).to.equal('new')
      expect(await codeOf(accounts.setSourceName('a'.repeat(24), 'x'))).to.equal('not_found')
    })
  })

  describe('people', () => {
    it('are unique per email address, even when added twice at once', async () => {
      const put = () => accounts.putPerson(organization, 'Twice@acme.example', { name: 'T', role: 'sourcer' }, 'operator')

      const created = (await Promise.all([put(), put(), put()])).filter((result) => result.created)

      expect(created).to.have.length(1)
    })

    it('are found in their own organization only', async () => {
      const other = await accounts.createOrganization({ name: 'Other', sourceName: 's' })
      await accounts.putPerson(organization, 'mine@acme.example', { name: 'M', role: 'sourcer' }, 'operator')

      expect(await accounts.findPerson(organization, ' MINE@acme.example')).to.include({ email: 'mine@acme.example', organization })
      expect(await accounts.findPerson(other.id, 'mine@acme.example')).to.equal(null)
    })
  })

  describe('sessions', () => {
    const start = async (email: string) => {
      const { person } = await accounts.putPerson(organization, email, { name: 'S', role: 'sourcer' }, 'operator')
      return { person, ...(await accounts.startSession(organization, person.id, { by: 'link' })) }
    }

    it('end at sign-out, after 12 hours without use, and after 14 days', async () => {
      const [signedOut, unused, busy] = [await start('a@acme.example'), await start('b@acme.example'), await start('c@acme.example')]
      const found = await accounts.findSession(signedOut.token)

      await accounts.endSession(found?.caller.sessionId ?? '')
      const session = await SessionModel.findOne({ person: unused.person.id }).orFail().lean()

      expect(await accounts.findSession(signedOut.token)).to.equal(null)
      expect(session.expiresAt.getTime() - session.signedInAt.getTime()).to.equal(DAY_MS / 2)
      expect(busy.endsAt.getTime() - Date.now()).to.be.within(14 * DAY_MS - 60_000, 14 * DAY_MS + 60_000)
      await SessionModel.updateOne({ person: unused.person.id }, { expiresAt: new Date(Date.now() - 1) })
      expect(await accounts.findSession(unused.token)).to.equal(null)
    })

    it('end by the clock of the database, whatever the clock of the process says', async () => {
      const { person, token } = await start('clock@acme.example')
      const clock = useFakeTimers({ now: Date.now() - 3 * DAY_MS, toFake: ['Date'] })
      try {
        expect(await accounts.findSession(token)).not.to.equal(null)
        await SessionModel.updateOne({ person: person.id }, { expiresAt: new Date(Date.now() + 2 * DAY_MS) })
        expect(await accounts.findSession(token)).to.equal(null)
        const { endsAt } = await accounts.startSession(organization, person.id, { by: 'link' })
        expect(endsAt.getTime() - Date.now()).to.be.greaterThan(16 * DAY_MS)
      } finally {
        clock.restore()
      }
    })

    it('last longer with use, but not beyond their end', async () => {
      const { person, token } = await start('d@acme.example')
      const hourAgo = new Date(Date.now() - HOUR_MS)
      await SessionModel.updateOne({ person: person.id }, { usedAt: hourAgo, expiresAt: new Date(Date.now() + HOUR_MS) })
      await accounts.findSession(token)
      const used = await SessionModel.findOne({ person: person.id }).orFail().lean()

      const endsAt = new Date(Date.now() + HOUR_MS)
      await SessionModel.updateOne({ person: person.id }, { usedAt: hourAgo, endsAt })
      await accounts.findSession(token)

      expect(used.expiresAt.getTime() - used.usedAt.getTime()).to.equal(DAY_MS / 2)
      const session = await SessionModel.findOne({ person: person.id }).orFail().lean()
      expect(session.expiresAt).to.deep.equal(endsAt)
    })

    it('end when the person is deactivated, and do not come back', async () => {
      const { token } = await start('e@acme.example')

      await accounts.deletePerson(organization, 'e@acme.example', 'operator')
      await accounts.putPerson(organization, 'e@acme.example', { name: 'S', role: 'sourcer' }, 'operator')

      expect(await accounts.findSession(token)).to.equal(null)
    })

    it('are deleted with the person', async () => {
      const { person } = await start('removed@acme.example')

      await accounts.deletePerson(organization, 'removed@acme.example', 'operator')

      expect(await SessionModel.countDocuments({ person: person.id })).to.equal(0)
    })

    it('of an inactive person are not found, whatever made the person inactive', async () => {
      const { person, token } = await start('suspended@acme.example')

      await PersonModel.updateOne({ _id: person.id }, { active: false })

      expect(await accounts.findSession(token)).to.equal(null)
    })

    it('are not found by the values in the database', async () => {
      const { token } = await start('f@acme.example')
      const session = await SessionModel.findOne().sort({ _id: -1 }).lean()

      expect(await accounts.findSession(session?.tokenHash ?? '')).to.equal(null)
      expect((await accounts.findSession(token))?.csrfToken).not.to.equal(session?.tokenHash)
    })
  })

  describe('sign-in links', () => {
    const makeLink = async (email: string) => {
      await accounts.putPerson(organization, email, { name: 'L', role: 'sourcer' }, 'operator')
      const { id, url } = await accounts.createSignInLink(organization, { userEmail: email }, 'operator')
      return { id, token: url.split('/').at(-1) ?? '' }
    }

    it('sign in before they expire', async () => {
      const [fresh, late] = [await makeLink('fresh@acme.example'), await makeLink('late@acme.example')]

      await SignInLinkModel.updateOne({ _id: late.id }, { expiresAt: new Date(Date.now() - 1) })

      expect((await accounts.redeemSignInLink(fresh.token)).outcome).to.equal('signedIn')
      expect((await accounts.redeemSignInLink(late.token)).outcome).to.equal('refused')
    })

    it("expire by the database's clock, whatever the clocks of the processes say", async () => {
      const atShiftedTime = async <T>(shiftMs: number, run: () => Promise<T>): Promise<T> => {
        const clock = useFakeTimers({ now: Date.now() + shiftMs, toFake: ['Date'] })
        return run().finally(() => clock.restore())
      }
      const byFast = await atShiftedTime(600_000, () => makeLink('by-fast@acme.example'))
      const [bySlow, toFast] = [
        await atShiftedTime(-600_000, () => makeLink('by-slow@acme.example')),
        await makeLink('to-fast@acme.example'),
      ]

      const expiries = await Promise.all([byFast, bySlow].map(({ id }) => accounts.getSignInLinkExpiry(organization, id)))
      for (const expiresAt of expiries) expect(expiresAt.getTime() - Date.now()).to.be.within(1, 60_000)
      expect((await accounts.redeemSignInLink(bySlow.token)).outcome).to.equal('signedIn')
      expect((await atShiftedTime(600_000, () => accounts.redeemSignInLink(toFast.token))).outcome).to.equal('signedIn')
      await SignInLinkModel.updateOne({ _id: byFast.id }, { expiresAt: new Date(Date.now() - 1) })
      expect((await atShiftedTime(-600_000, () => accounts.redeemSignInLink(byFast.token))).outcome).to.equal('refused')
    })

    it('do not sign in an inactive person, whatever made the person inactive', async () => {
      const { token } = await makeLink('paused@acme.example')

      await PersonModel.updateOne({ organization, email: 'paused@acme.example' }, { active: false })

      expect((await accounts.redeemSignInLink(token)).outcome).to.equal('refused')
    })
  })

  describe('leaving', () => {
    const admin = { name: 'Leaver', role: 'admin' } as const
    const newLeaver = async (email: string) => {
      const { person } = await accounts.putPerson(organization, email, admin, 'operator')
      await accounts.putPerson(organization, 'invited@acme.example', { name: 'I', role: 'sourcer' }, 'operator')
      const linkBy = async (actor: string) => {
        const { url } = await accounts.createSignInLink(organization, { userEmail: 'invited@acme.example' }, actor)
        return url.split('/').at(-1) ?? ''
      }
      return { person, linkBy }
    }
    const outcomeOf = async (token: string) => (await accounts.redeemSignInLink(token)).outcome

    for (const [how, leave] of [
      ['removed', (email: string) => accounts.deletePerson(organization, email, 'operator')],
      ['deactivated', (email: string) => accounts.putPerson(organization, email, { ...admin, active: false }, 'operator')],
      ['made a sourcer', (email: string) => accounts.putPerson(organization, email, { ...admin, role: 'sourcer' }, 'operator')],
    ] as const) {
      it(`permanently ends the open links of an admin who is ${how}, but not those of others`, async () => {
        const email = `${how.replaceAll(' ', '-')}@acme.example`
        const { person, linkBy } = await newLeaver(email)
        const [theirs, ofKey] = [await linkBy(`user:${person.id}`), await linkBy('apiKey:k')]
        ended.length = 0

        await leave(email)
        await accounts.putPerson(organization, email, admin, 'operator')

        expect(await accounts.findOpenSignInLink(theirs)).to.equal(null)
        expect(await outcomeOf(theirs)).to.equal('refused')
        expect(await outcomeOf(ofKey)).to.equal('signedIn')
        expect(ended).to.include(`${organization} ${email}`)
      })
    }

    it('refuses a link that was created just while its creator was removed', async () => {
      const { person, linkBy } = await newLeaver('racing@acme.example')
      await accounts.deletePerson(organization, 'racing@acme.example', 'operator')

      expect(await outcomeOf(await linkBy(`user:${person.id}`))).to.equal('refused')
    })

    it('keeps the API keys working, and names them', async () => {
      const { person } = await newLeaver('keys@acme.example')
      const caller = {
        kind: 'person',
        organization,
        personId: person.id,
        email: person.email,
        name: 'Leaver',
        role: 'admin',
        sessionId: 's',
      } as const
      const kept = await accounts.createApiKey(organization, { name: 'Kept' }, caller)
      const expired = await accounts.createApiKey(organization, { name: 'Expired', expiresAt: new Date(Date.now() - 1) }, caller)
      expect((await accounts.listWorkingKeysOf(organization, person.id)).map(({ id }) => id)).to.deep.equal([kept.id])
      expect((await accounts.listWorkingKeysOfLeavers(organization)).map(({ id }) => id)).to.not.include(kept.id)

      await accounts.deletePerson(organization, person.email, 'operator')

      expect(await accounts.authenticateApiKey(kept.apiKey)).to.include({ keyId: kept.id })
      const left = (await accounts.listWorkingKeysOfLeavers(organization)).map(({ id }) => id)
      expect(left).to.include(kept.id).and.not.include(expired.id)
    })
  })

  describe('acting for a person', () => {
    it('is limited to themselves for a person, and unlimited for a key', () => {
      const person = {
        kind: 'person',
        organization,
        personId: 'p',
        email: 'me@acme.example',
        name: 'M',
        role: 'admin',
        sessionId: 's',
      } as const

      assertSpeaksFor(person, ' Me@acme.example')
      assertSpeaksFor({ kind: 'apiKey', organization, keyId: 'k', access: 'full' }, 'you@acme.example')
      expect(() => assertSpeaksFor(person, 'you@acme.example'))
        .to.throw()
        .with.property('code', 'forbidden')
    })
  })
})
