import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { got } from 'got'
import { startService, type Api, type ServiceForTests } from '../support/service.ts'
import { searchEverywhere } from './search-everywhere.ts'

interface Person {
  name: string
  emails: string[]
  links?: string[]
  externalId?: string
}

describe('an erasure is lifted only for the person who is actually entered', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api
  let apiKey: string

  before(async () => {
    service = await startService()
    apiKey = (await service.connected()).apiKey
    api = service.api(apiKey)
  })
  after(() => service.stop())

  const tag = () => randomBytes(4).toString('hex')
  const add = async (person: Person) => (await api.post<{ id: string }>('candidates', person)).body.id
  const post = async (person: Person, allowErased = false) => (await api.post('candidates', { ...person, allowErased })).status

  async function importFile(body: string, query = ''): Promise<{ created: number; rejected: { message: string }[] }> {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv' }
    return got.post(`${service.url}/api/v1/candidates/import${query}`, { body, headers }).json()
  }

  async function isRefused({ name, emails, links = [] }: Person): Promise<boolean> {
    const { rejected } = await importFile(`name,email,link\n${name},${emails.join(';')},${links.join(';')}\n`)
    return rejected.some(({ message }) => message.includes('(erased)'))
  }

  /** An erased person with an address that others share. */
  async function erasedAnn(): Promise<{ ann: Person & { links: string[] }; shared: string; own: string; ben: string }> {
    const id = tag()
    const [shared, own] = [`family.${id}@mail.example`, `ann.${id}@mail.example`]
    const ann = { name: `Ann ${id}`, emails: [shared, own], links: [`https://github.com/ann-${id}`] }
    const ben = await add({ name: `Ben ${id}`, emails: [shared, `ben.${id}@mail.example`] })
    await api.delete(`candidates/${await add(ann)}`)
    return { ann, shared, own, ben }
  }

  it('not by a change that was refused', async () => {
    const { ann, own, ben } = await erasedAnn()
    const externalId = `taken-${tag()}`
    await add({ externalId, name: 'Holder', emails: [`holder.${externalId}@mail.example`] })

    const refused = await api.patch(`candidates/${ben}`, { externalId, emails: [own], name: ann.name, allowErased: true })

    expect([refused.status, refused.body['code']]).to.deep.equal([409, 'external_id_taken'])
    expect(await isRefused({ name: ann.name, emails: [own] })).to.equal(true)
  })

  it('not by a change that adds no data of the person', async () => {
    const { ann, shared, own, ben } = await erasedAnn()

    expect((await api.patch(`candidates/${ben}`, { headline: 'Engineer', allowErased: true })).status).to.equal(200)

    expect(await isRefused({ name: ann.name, emails: [own] })).to.equal(true)
    expect(await post({ name: 'Cid', emails: [shared] }), 'the address that Ben had already').to.equal(409)
  })

  it('not by a rejected row, of which nothing is stored', async () => {
    const { ann, own } = await erasedAnn()

    const { rejected } = await importFile(`name,email\n,${own}\n`, '?allowErased=true')

    expect([rejected.length, await searchEverywhere(own)]).to.deep.equal([1, []])
    expect(await isRefused({ name: ann.name, emails: [own] })).to.equal(true)
  })

  for (const [where, enter] of [
    ['POST', async (person: Person) => post(person, true)],
    ['an import', async ({ name, emails }: Person) => importFile(`name,email\n${name},${emails.join(';')}\n`, '?allowErased=true')],
  ] as const) {
    it(`not by another person with one of their addresses, entered by ${where}`, async () => {
      const { ann, shared, own, ben } = await erasedAnn()
      await api.patch(`candidates/${ben}`, { emails: [`ben.${tag()}@mail.example`] })
      const cid = { name: `Cid ${tag()}`, emails: [shared] }
      expect(await post(cid)).to.equal(409)

      await enter(cid)

      const found = await api.get<{ data: { name: string }[] }>(`candidates?q=${encodeURIComponent(shared)}`)
      expect(found.body.data.map(({ name }) => name)).to.deep.equal([cid.name])
      expect(await post({ name: 'Dora', emails: [shared] }), 'what was entered is refused no more').to.equal(201)
      expect(await isRefused({ name: 'A.', emails: [own] })).to.equal(true)
      expect(await isRefused({ name: 'A.', emails: [`a.${tag()}@mail.example`], links: ann.links })).to.equal(true)
      expect(await post({ name: ann.name, emails: [shared] }), 'by name and shared address').to.equal(409)
    })

    it(`by the name and one address, entered by ${where}`, async () => {
      const { ann, own } = await erasedAnn()

      await enter({ name: ann.name.toUpperCase(), emails: [own] })

      expect(await isRefused(ann)).to.equal(false)
    })
  }

  it('not by a person with the same name and another profile on the same site', async () => {
    const { ann, shared } = await erasedAnn()
    const other = { name: ann.name, emails: [shared], links: [`https://github.com/other-${tag()}`] }

    expect(await post(other, true)).to.equal(201)

    expect(await isRefused({ name: 'A.', emails: [`a.${tag()}@mail.example`], links: ann.links })).to.equal(true)
  })

  it('by their profile, under another name', async () => {
    const { ann, own } = await erasedAnn()

    expect(await post({ name: 'A. Married', emails: [`a.${tag()}@mail.example`], links: ann.links }, true)).to.equal(201)

    expect(await isRefused({ name: ann.name, emails: [own] })).to.equal(false)
  })

  describe('former data of an erased person', () => {
    it('does not block the real owner of an address that was entered by mistake', async () => {
      const id = tag()
      const [owners, own] = [`inno.${id}@mail.example`, `erasa.${id}@mail.example`]
      const erasa = await add({ name: `Erasa ${id}`, emails: [owners, own] })
      await api.patch(`candidates/${erasa}`, { emails: [own] })
      await api.delete(`candidates/${erasa}`)

      expect(await post({ name: `erasa  ${id}`, emails: [owners] }), 'with the name').to.equal(409)
      expect(await isRefused({ name: `Erasa ${id}`, emails: [owners] })).to.equal(true)
      const unnamed = `externalId,name,email\nsomebody-${id},,${owners}\n`
      await add({ externalId: `somebody-${id}`, name: `Erasa ${id}`, emails: [`somebody.${id}@mail.example`] })
      expect((await importFile(unnamed)).rejected, 'with the name that the candidate has').to.have.length(1)
      expect(await isRefused({ name: `Inno ${id}`, emails: [owners] })).to.equal(false)
      expect(await post({ name: `Inno ${id}`, emails: [owners] })).to.equal(201)
    })

    it('does not block a person whose externalId was given to somebody else', async () => {
      const id = tag()
      const first = { name: `First ${id}`, emails: [`first.${id}@mail.example`] }
      await add({ ...first, externalId: `reused-${id}` })
      const second = await add({ externalId: `reused-${id}`, name: `Second ${id}`, emails: [`second.${id}@mail.example`] })
      await api.delete(`candidates/${second}`)

      expect(await post(first)).to.equal(201)
      expect(await isRefused({ name: `Second ${id}`, emails: first.emails })).to.equal(true)
    })

    it('is still recognized in unreadable rows, of which nothing is stored', async () => {
      const id = tag()
      const [old, link, now] = [`olga.old.${id}@mail.example`, `github.com/olga-${id}`, `olga.new.${id}@mail.example`]
      const olga = await add({ name: `Olga ${id}`, emails: [old], links: [`https://${link}`] })
      await api.patch(`candidates/${olga}`, { emails: [now], links: [] })
      await api.delete(`candidates/${olga}`)

      const rows = [`,${old},`, `O.,not an e-mail ${old},`, `,,https://${link}`, `O.,x,${link}`]
      const { rejected } = await importFile(`name,email,link\n${rows.join('\n')}\n`)

      expect([rejected.length, await searchEverywhere(old, link)]).to.deep.equal([4, []])
    })
  })
})
