import { expect } from 'chai'
import { PersonModel } from '../../src/accounts/person-model.ts'
import { MappingModel } from '../../src/mapping/mapping-model.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'
import { leverUser, mappingOf } from './mapping-under-test.ts'

const ACTOR = 'apiKey:test'
const GONE = { deactivatedAt: new Date() }

describe('user mappings', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)

  describe('put', () => {
    it('maps a person to the Lever user with that address, ignoring case and whitespace', async () => {
      const { mappings, organization, addPerson } = mappingOf(leverUser('bo', { email: 'Bo@Acme.example' }))
      await addPerson('ana@x.example')

      const mapping = await mappings.put(organization, ' Ana@X.example', { leverEmail: ' BO@acme.EXAMPLE ' }, ACTOR)

      expect(mapping).to.deep.equal({
        userEmail: 'ana@x.example',
        leverEmail: 'Bo@Acme.example',
        leverUserId: 'bo',
        leverName: 'Lever bo',
        accessRole: 'team member',
        active: true,
        status: 'mapped',
      })
      expect((await mappings.list(organization, { limit: 50 })).data).to.deep.equal([mapping])
      expect(await mappings.find(organization, 'ANA@x.example')).to.deep.equal(mapping)
    })

    it('are found for several people at once, in this organization only', async () => {
      const { mappings, organization, addPerson } = mappingOf(leverUser('bo'), leverUser('cy'))
      const other = mappingOf(leverUser('bo'))
      for (const email of ['ana@x.example', 'ben@x.example', 'cora@x.example']) await addPerson(email)
      await other.addPerson('cora@x.example')
      await other.mappings.put(other.organization, 'cora@x.example', { leverEmail: 'bo@acme.example' }, ACTOR)
      await mappings.put(organization, 'ana@x.example', { leverEmail: 'bo@acme.example' }, ACTOR)
      const ben = await mappings.put(organization, 'ben@x.example', { leverEmail: 'cy@acme.example', active: false }, ACTOR)

      const found = await mappings.ofPeople(organization, ['ben@x.example', 'cora@x.example'])

      expect([...found]).to.deep.equal([['ben@x.example', ben]])
    })

    it('refuses an unknown person, an unknown Lever user, and a deactivated one', async () => {
      const { mappings, organization, addPerson } = mappingOf(leverUser('gus', GONE))
      await addPerson('ana@x.example')
      const put = (userEmail: string, leverEmail: string) => rejection(mappings.put(organization, userEmail, { leverEmail }, ACTOR))

      expect(await put('nobody@x.example', 'gus@acme.example')).to.include({ code: 'user_not_found', status: 404 })
      expect(await put('ana@x.example', 'nobody@acme.example')).to.include({ code: 'lever_user_not_found', status: 422 })
      expect(await put('ana@x.example', 'gus@acme.example')).to.include({ code: 'lever_user_deactivated', status: 422 })
      expect(await MappingModel.countDocuments({ organization })).to.equal(0)
    })

    it('refuses a Lever user who is mapped to somebody else, even for two concurrent requests', async () => {
      const { mappings, organization, addPerson } = mappingOf(leverUser('bo'))
      const people = ['a@x.example', 'b@x.example', 'c@x.example']
      await Promise.all(people.map((email) => addPerson(email)))

      const outcomes = await Promise.allSettled(
        people.map((email) => mappings.put(organization, email, { leverEmail: 'bo@acme.example' }, ACTOR)),
      )

      const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as Error)
      expect(refused).to.have.length(2)
      for (const error of refused) expect(error).to.include({ code: 'lever_user_already_mapped', status: 409 })
    })

    it('accepts the same mapping twice at once', async () => {
      const { mappings, organization, addPerson } = mappingOf(leverUser('bo'))
      await addPerson('ana@x.example')

      await Promise.all(
        Array.from({ length: 6 }, () => mappings.put(organization, 'ana@x.example', { leverEmail: 'bo@acme.example' }, ACTOR)),
      )

      expect(await MappingModel.countDocuments({ organization })).to.equal(1)
    })

    it('allows two organizations to map the same Lever user', async () => {
      const first = mappingOf(leverUser('bo'))
      const second = mappingOf(leverUser('bo'))
      for (const { mappings, organization, addPerson } of [first, second]) {
        await addPerson('ana@x.example')
        await mappings.put(organization, 'ana@x.example', { leverEmail: 'bo@acme.example' }, ACTOR)
      }

      expect((await second.mappings.list(second.organization, { limit: 50 })).data).to.have.length(1)
    })

    it('replaces the mapping, which frees the previous Lever user', async () => {
      const { mappings, organization, addPerson } = mappingOf(leverUser('bo'), leverUser('chidi'))
      await addPerson('ana@x.example')
      await addPerson('ben@x.example')
      await mappings.put(organization, 'ana@x.example', { leverEmail: 'bo@acme.example' }, ACTOR)

      await mappings.put(organization, 'ana@x.example', { leverEmail: 'chidi@acme.example', active: false }, ACTOR)
      await mappings.put(organization, 'ben@x.example', { leverEmail: 'bo@acme.example' }, ACTOR)

      expect(await mappings.find(organization, 'ana@x.example')).to.include({ leverUserId: 'chidi', active: false })
    })

    it('allows the mapping of a deactivated Lever user to be switched off, but not on', async () => {
      const { mappings, organization, addPerson, inLever } = mappingOf(leverUser('bo'))
      await addPerson('ana@x.example')
      await addPerson('ben@x.example')
      await mappings.put(organization, 'ana@x.example', { leverEmail: 'bo@acme.example' }, ACTOR)
      inLever[0] = leverUser('bo', GONE)
      const put = (userEmail: string, active: boolean) =>
        mappings.put(organization, userEmail, { leverEmail: 'bo@acme.example', active }, ACTOR)

      expect(await put('ana@x.example', false)).to.include({ active: false, status: 'lever_user_deactivated' })
      expect(await rejection(put('ana@x.example', true))).to.include({ code: 'lever_user_deactivated' })
      expect(await rejection(put('ben@x.example', false))).to.include({ code: 'lever_user_deactivated' })
    })

    it('records each change by ids, but nothing if nothing changed', async () => {
      const { mappings, organization, addPerson, audited } = mappingOf(leverUser('bo'), leverUser('chidi'))
      await addPerson('ana@x.example')
      const put = (leverEmail: string, active: boolean) => mappings.put(organization, 'ana@x.example', { leverEmail, active }, ACTOR)

      await put('bo@acme.example', true)
      await put('bo@acme.example', true)
      await put('bo@acme.example', false)
      await put('bo@acme.example', true)
      await put('chidi@acme.example', true)
      await mappings.remove(organization, 'ana@x.example', ACTOR)

      expect(audited.map(({ action, leverUser: user }) => `${action} ${user}`)).to.deep.equal([
        'mapping.created bo',
        'mapping.deactivated bo',
        'mapping.activated bo',
        'mapping.changed chidi',
        'mapping.removed chidi',
      ])
      expect(JSON.stringify(audited)).not.to.contain('@')
      for (const record of audited) expect(record).to.include({ organization, actor: ACTOR })
    })
  })

  it('removes a mapping, and says if there is none', async () => {
    const { mappings, organization, addPerson } = mappingOf(leverUser('bo'))
    await addPerson('ana@x.example')
    await mappings.put(organization, 'ana@x.example', { leverEmail: 'bo@acme.example' }, ACTOR)

    await mappings.remove(organization, ' ANA@x.example', ACTOR)

    expect(await mappings.find(organization, 'ana@x.example')).to.equal(null)
    expect(await rejection(mappings.remove(organization, 'ana@x.example', ACTOR))).to.include({ code: 'not_found' })
  })

  it('shows whether the Lever user still exists and is active', async () => {
    const { mappings, organization, addPerson, seen } = mappingOf(leverUser('bo'))
    await addPerson('ana@x.example')
    await mappings.put(organization, 'ana@x.example', { leverEmail: 'bo@acme.example' }, ACTOR)
    const shown = async () => (await mappings.list(organization, { limit: 50 })).data[0]

    seen.set('bo', leverUser('bo', { ...GONE, email: 'bo.new@acme.example' }))
    expect(await shown()).to.include({ status: 'lever_user_deactivated', leverEmail: 'bo.new@acme.example' })
    seen.clear()
    expect(await shown()).to.include({ status: 'lever_user_missing', leverEmail: 'bo@acme.example', leverName: null })
  })

  it('counts the people who may export as active', async () => {
    const { mappings, organization, addPerson, seen } = mappingOf(...['a', 'b', 'c', 'd', 'e'].map((id) => leverUser(id)))
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      await addPerson(`${id}@x.example`)
      await mappings.put(organization, `${id}@x.example`, { leverEmail: `${id}@acme.example`, active: id !== 'b' }, ACTOR)
    }
    await PersonModel.updateOne({ organization, email: 'c@x.example' }, { active: false })
    seen.set('d', leverUser('d', GONE))
    seen.delete('e')

    expect(await mappings.counts(organization)).to.deep.equal({ mapped: 5, active: 1 })
    expect(await mappings.counts(mappingOf().organization)).to.deep.equal({ mapped: 0, active: 0 })
  })

  describe('perform-as user of a person', () => {
    it('is the mapped Lever user', async () => {
      const { mappings, organization, addPerson } = mappingOf(leverUser('bo'))
      await addPerson('ana@x.example')
      await mappings.put(organization, 'ana@x.example', { leverEmail: 'bo@acme.example' }, ACTOR)

      expect(await mappings.resolvePerformAs(organization, 'Ana@x.example ')).to.deep.equal({
        userEmail: 'ana@x.example',
        leverUserId: 'bo',
        leverName: 'Lever bo',
        leverEmail: 'bo@acme.example',
      })
    })

    it("is each person's own if several are asked about at the same time", async () => {
      const { mappings, organization, addPerson } = mappingOf(leverUser('bo'), leverUser('cy'))
      for (const [email, leverEmail] of [['ana@x.example', 'bo@acme.example'], ['eva@x.example', 'cy@acme.example']] as const) {
        await addPerson(email)
        await mappings.put(organization, email, { leverEmail }, ACTOR)
      } // prettier-ignore

      const emails = ['eva@x.example', 'ana@x.example', 'nobody@x.example']
      const found = await Promise.allSettled(emails.map((email) => mappings.resolvePerformAs(organization, email)))

      expect(found.map((one) => one.status === 'fulfilled' && one.value.leverUserId)).to.deep.equal(['cy', 'bo', false])
    })

    it('is missing with a specific code for each reason, without asking Lever', async () => {
      const { mappings, organization, addPerson, seen, lever } = mappingOf(leverUser('bo'))
      const refused = async () => {
        const error = await rejection(mappings.resolvePerformAs(organization, 'ana@x.example'))
        expect(error).to.include({ status: 403 })
        return (error as Error & { code: string }).code
      }

      expect(await refused()).to.equal('user_not_found')
      await addPerson('ana@x.example')
      expect(await refused()).to.equal('user_not_mapped')
      await mappings.put(organization, 'ana@x.example', { leverEmail: 'bo@acme.example', active: false }, ACTOR)
      lever.isDown = true
      expect(await refused()).to.equal('mapping_inactive')
      await MappingModel.updateOne({ organization }, { active: true })
      seen.set('bo', leverUser('bo', GONE))
      expect(await refused()).to.equal('lever_user_deactivated')
      seen.delete('bo')
      expect(await refused()).to.equal('lever_user_deactivated')
      seen.set('bo', leverUser('bo'))
      await PersonModel.updateOne({ organization }, { active: false })
      expect(await refused()).to.equal('user_inactive')
    })
  })
})
