import { expect } from 'chai'
import { MappingModel } from '../../src/mapping/mapping-model.ts'
import { suggesterOf } from '../../src/mapping/near-miss.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { rejection } from '../support/rejection.ts'
import { leverUser, mappingOf } from './mapping-under-test.ts'

const ACTOR = 'apiKey:test'

describe('matching people to Lever users', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)

  it('maps by equal address and reports who is left, why, and possible matches', async () => {
    const { mappings, organization, addPerson } = mappingOf(
      leverUser('ana', { email: 'Ana@Acme.example' }),
      leverUser('gus', { deactivatedAt: new Date() }),
      leverUser('bo', { email: 'bo@old-acme.example' }),
    )
    await addPerson('ana@acme.example')
    await addPerson('bo@acme.example')
    await addPerson('gus@acme.example')
    await addPerson('inactive@acme.example', { active: false })

    const { matched, unmatched } = await mappings.autoMatch(organization, ACTOR)

    expect(matched).to.have.length(1)
    expect(matched[0]).to.include({ userEmail: 'ana@acme.example', leverUserId: 'ana', active: true, status: 'mapped' })
    expect(unmatched).to.deep.equal([
      {
        userEmail: 'bo@acme.example',
        reason: 'lever_user_not_found',
        suggestions: [
          {
            leverUserId: 'bo',
            leverEmail: 'bo@old-acme.example',
            leverName: 'Lever bo',
            accessRole: 'team member',
            because: 'sameLocalPart',
          },
        ],
      },
      { userEmail: 'gus@acme.example', reason: 'lever_user_deactivated', suggestions: [] },
    ])
    expect(await mappings.suggest(organization)).to.deep.equal(unmatched)
  })

  it('leaves existing mappings alone, even inactive ones and ones to another address', async () => {
    const { mappings, organization, addPerson, audited } = mappingOf(leverUser('ana'), leverUser('bo'))
    await addPerson('ana@acme.example')
    await addPerson('bo@acme.example')
    await mappings.put(organization, 'bo@acme.example', { leverEmail: 'ana@acme.example', active: false }, ACTOR)
    audited.length = 0

    const { matched, unmatched } = await mappings.autoMatch(organization, ACTOR)

    expect(matched).to.deep.equal([])
    expect(unmatched.map(({ userEmail, reason }) => [userEmail, reason])).to.deep.equal([['ana@acme.example', 'lever_user_already_mapped']])
    expect(await MappingModel.findOne({ organization }).lean()).to.include({
      userEmail: 'bo@acme.example',
      leverUserId: 'ana',
      active: false,
    })
    expect(audited).to.deep.equal([])
  })

  it('uses the last known users when Lever is down, and fails if there are none', async () => {
    const { mappings, organization, addPerson, lever, seen } = mappingOf(leverUser('ana'))
    await addPerson('ana@acme.example')
    lever.isDown = true

    expect(await rejection(mappings.autoMatch(organization, ACTOR))).to.include({ code: 'lever_unavailable' })
    seen.set('ana', leverUser('ana'))

    expect((await mappings.autoMatch(organization, ACTOR)).matched).to.have.length(1)
  })

  it('prefers the active one of two Lever users with the same address', async () => {
    const { mappings, organization, addPerson } = mappingOf(
      leverUser('old', { email: 'ana@acme.example', deactivatedAt: new Date() }),
      leverUser('new', { email: 'ana@acme.example' }),
      leverUser('older', { email: 'ana@acme.example', deactivatedAt: new Date() }),
    )
    await addPerson('ana@acme.example')

    expect((await mappings.autoMatch(organization, ACTOR)).matched[0]).to.include({ leverUserId: 'new' })
  })

  describe('near misses', () => {
    const person = { email: 'jose.nunez@x.example', name: 'José Núñez' }
    const because = (email: string, name = 'Other') => suggesterOf([leverUser('u', { email, name })])(person)[0]?.because

    it('are addresses that differ in invisible characters', () => {
      expect(because('jose.nunez@x.example\u200b')).to.equal('sameAddressOtherwiseWritten')
      expect(because('jose.nunez @x.example')).to.equal('sameAddressOtherwiseWritten')
      expect(because('ｊｏｓｅ.nunez@x.example')).to.equal('sameAddressOtherwiseWritten')
    })

    it('are addresses with the same part before the @, ignoring dots and tag', () => {
      expect(because('jose.nunez@other.example')).to.equal('sameLocalPart')
      expect(because('JoseNunez+lever@other.example')).to.equal('sameLocalPart')
    })

    it('are people with the same name, ignoring accents, case, and order', () => {
      expect(because('jn@other.example', 'NUNEZ, Jose')).to.equal('sameName')
      expect(because('jn@other.example', 'José Núñez Ruiz')).to.equal(undefined)
      expect(suggesterOf([leverUser('u', { name: '…' })])({ email: 'a@x.example', name: '—' })).to.deep.equal([])
    })

    it('are ordered by certainty, at most five, and never a user without an address', () => {
      const users = [
        leverUser('nobody', { email: null, name: person.name }),
        ...Array.from({ length: 6 }, (_, index) => leverUser(`name-${index}`, { name: person.name })),
        leverUser('same', { email: 'jose.nunez@y.example' }),
      ]

      const suggestions = suggesterOf(users)(person)

      expect(suggestions.map(({ leverUserId }) => leverUserId)).to.deep.equal(['same', 'name-0', 'name-1', 'name-2', 'name-3'])
    })

    it('are found for 500 people among 5,000 users at once', () => {
      const users = Array.from({ length: 5000 }, (_, index) => leverUser(`user-${index}`, { name: `User ${index}` }))
      const startedAt = performance.now()

      const suggest = suggesterOf(users)
      const found = Array.from({ length: 500 }, (_, index) => suggest({ email: `user-${index}@other.example`, name: 'Somebody' }))

      expect(found.map(([first]) => first?.leverUserId)).to.deep.equal(users.slice(0, 500).map(({ id }) => id))
      expect(performance.now() - startedAt).to.be.below(10_000)
    })
  })
})
