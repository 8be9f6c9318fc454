import { expect } from 'chai'
import { got } from 'got'
import { eventually } from '../support/eventually.ts'
import { SOURCER, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { addPerson, inputOf, receiptComes, tracesOf, type PersonInTest } from './erasure-world.ts'

interface Imported {
  created: number
  updated: number
  rejected: { line: number; message: string }[]
}

describe('a person who was erased', () => {
  let service: ServiceForTests
  let api: Api
  let apiKey: string

  before(async function () {
    this.timeout(60_000)
    service = await startService({ LEASE_MS: '10000' })
    apiKey = (await service.connected()).apiKey
    api = service.api(apiKey)
  })
  after(() => service.stop())

  async function erased(): Promise<PersonInTest> {
    const person = await addPerson(api)
    await api.delete(`candidates/${person.id}`)
    await receiptComes(api, person)
    return person
  }

  async function importFile(body: string, query = ''): Promise<Imported & { importId?: string }> {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv' }
    return got.post(`${service.url}/api/v1/candidates/import${query}`, { body, headers }).json()
  }

  async function importOf(importId: string | undefined): Promise<Imported & { status: string }> {
    return (await api.get<Imported & { status: string }>(`candidate-imports/${importId}`)).body
  }

  /** A thousand rows exceed 1 MB. */
  const manyPeople = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      name: `Of Many ${at}`,
      email: `many-${at}@mail.example`,
      link: `https://many.example/${at}/${'x'.repeat(1200)}`,
    }))
  const rowsOf = (...people: { name: string; email?: string; link?: string }[]): string =>
    ['name,email,link', ...people.map(({ name, email = '', link = '' }) => `${name},${email},${link}`)].join('\n')

  for (const [what, known] of [
    ['the email, in another case', ({ email }: PersonInTest) => ({ emails: [email.toUpperCase()] })],
    [
      'a profile, written otherwise',
      ({ link }: PersonInTest) => ({ links: [link.replace('https://g', 'http://www.G').replace('zsofia', 'ZSOFIA')] }),
    ],
    ['a profile in another field', ({ link }: PersonInTest) => ({ profileUrl: link, emails: ['new@quixley.example'] })],
  ] as const) {
    it(`is refused by POST /candidates, recognized by ${what}`, async () => {
      const person = await erased()

      const refused = await api.post('candidates', { name: 'Another Name', ...known(person) })

      expect([refused.status, refused.body['code']]).to.deep.equal([409, 'erased'])
      expect(refused.body['hint']).to.contain('allowErased')
      expect(await tracesOf(person)).to.deep.equal([])
    })
  }

  it('is refused with the same data if nothing in it identifies anybody, without refusing a colleague', async () => {
    const said = { name: 'Zsófia Quixley', emails: ['info@quixley.example'], links: ['https://quixley.example'] }
    const { body } = await api.post<{ id: string }>('candidates', said)
    await api.delete(`candidates/${body.id}`)

    expect((await api.post('candidates', { ...said, name: 'zsofia  quixley' })).status).to.equal(409)
    expect((await api.post('candidates', { ...said, name: 'Bo Quixley' })).status).to.equal(201)
  })

  it('is refused inside an export and in a change of another candidate, and a preview says so', async () => {
    const person = await erased()
    const other = await addPerson(api)
    const wish = { candidate: inputOf(person), requestedBy: SOURCER }

    const asked = await api.post('exports', wish)
    const previewed = await api.post<{ allowed: boolean; problems: { code: string }[]; request: unknown }>('exports/preview', wish)
    const changed = await api.patch(`candidates/${other.id}`, { emails: [other.email, person.email] })

    expect([asked.status, asked.body['code']]).to.deep.equal([409, 'erased'])
    expect([changed.status, changed.body['code']]).to.deep.equal([409, 'erased'])
    expect(previewed.body).to.deep.include({ allowed: false, request: null })
    expect(previewed.body.problems.map(({ code }) => code)).to.include('erased')
    expect(await tracesOf(person)).to.deep.equal([])
  })

  it('is a rejected line of an import; the others are imported', async () => {
    const person = await erased()
    const fresh = { name: 'Fresh Person', email: `fresh.${person.id}@mail.example` }

    const done = await importFile(rowsOf(person, fresh))

    expect([done.created, done.rejected.map(({ line }) => line)]).to.deep.equal([1, [2]])
    expect(done.rejected[0]?.message).to.contain('erased')
    expect(await tracesOf(person)).to.deep.equal([])
  })

  for (const [what, change] of [
    ['a change took away', (id: string, email: string) => api.patch(`candidates/${id}`, { emails: [email] })],
    ['a later file replaced', (id: string, email: string) => importFile(`externalId,name,email\next-${id},Rhea Solis,${email}`)],
  ] as const) {
    it(`is a rejected line of an import by the name and an address that ${what}`, async () => {
      const name = what.replaceAll(' ', '')
      const made = await api.post<{ id: string }>('candidates', { name: 'Rhea Solis', emails: [`${name}@old.example`] })
      await api.patch(`candidates/${made.body.id}`, { externalId: `ext-${made.body.id}` })
      await change(made.body.id, `${name}@new.example`)
      await api.delete(`candidates/${made.body.id}`)

      const { created, rejected } = await importFile(rowsOf({ name: 'RHEA  Solís', email: `${name}@old.example` }))

      expect([created, rejected.length]).to.deep.equal([0, 1])
    })
  }

  it('is a rejected line of a background import, which stores nothing of the line', async () => {
    const person = await erased()

    const { importId } = await importFile(rowsOf(...manyPeople(1000), person))

    await eventually('the import ends', async () => (await importOf(importId)).status === 'finished', 30_000)
    const done = await importOf(importId)
    expect([done.created, done.rejected.map(({ line }) => line)]).to.deep.equal([1000, [1002]])
    await eventually('the file is gone', async () => (await tracesOf(person)).length === 0)
  }).timeout(60_000)

  it('can be entered again by POST /candidates with allowErased, and is then like anybody else', async () => {
    const person = await erased()

    const again = await api.post<{ id: string }>('candidates', { ...inputOf(person), links: [], profileUrl: null, allowErased: true })
    const imported = await importFile(rowsOf(person))

    expect(again.status).to.equal(201)
    expect(imported).to.deep.include({ created: 0, updated: 1, rejected: [] })
    const deletedAgain = await api.delete(`candidates/${again.body.id}`)
    expect([deletedAgain.status, await tracesOf(person)]).to.deep.equal([204, []])
    expect((await api.post('candidates', inputOf(person))).status, 'erased anew').to.equal(409)
  })

  it('can be entered again by a change with allowErased', async () => {
    const person = await erased()
    const other = await addPerson(api)

    const changed = await api.patch(`candidates/${other.id}`, { emails: [person.email], allowErased: true })

    expect(changed.status).to.equal(200)
  })

  for (const [where, others] of [
    ['at once', 0],
    ['in the background', 1000],
  ] as const) {
    it(`can be entered again by an import with ?allowErased=true, ${where}`, async () => {
      const person = await erased()

      const { importId } = await importFile(rowsOf(...manyPeople(others), person), '?allowErased=true')
      const isRead = async () => importId === undefined || (await importOf(importId)).status === 'finished'
      await eventually('the file is read', isRead, 30_000)

      const { body } = await api.get<{ data: { name: string }[] }>(`candidates?q=${encodeURIComponent(person.email)}`)
      expect(body.data.map(({ name }) => name)).to.deep.equal([person.name])
    }).timeout(60_000)
  }

  it('does not prevent changes to a current candidate who shares the email address', async () => {
    const living = await addPerson(api)
    const sharing = await api.post<{ id: string }>('candidates', {
      name: 'Same Mailbox',
      emails: [living.email],
      externalId: `shares-${living.id}`,
    })
    await api.delete(`candidates/${living.id}`)
    await receiptComes(api, living)

    const changed = await api.post('candidates', { externalId: `shares-${living.id}`, emails: [living.email], headline: 'Engineer' })

    expect([sharing.status, changed.status]).to.deep.equal([201, 200])
  })
})
