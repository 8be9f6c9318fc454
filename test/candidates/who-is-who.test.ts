import { expect } from 'chai'
import { Types } from 'mongoose'
import { CandidateInput } from '../../src/candidates/candidate-input.ts'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import type { Candidates } from '../../src/candidates/candidates.ts'
import { NEW_ID } from '../../src/candidates/who-is-who/row-warnings.ts'
import { candidatesAlone } from '../support/candidates.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'

const LINKEDIN = 'https://www.linkedin.com'

describe('matching people in an import', () => {
  let candidates: Candidates
  let organization: string

  before(async () => {
    await connectEmptyDatabase()
    candidates = candidatesAlone()
  })
  beforeEach(() => {
    organization = new Types.ObjectId().toHexString()
  })
  after(leaveDatabase)

  async function importRows(header: string, rows: readonly string[]) {
    const bytes = Buffer.from([header, ...rows, ''].join('\n'))
    const { importId } = await candidates.importFile(organization, (async function* () { yield bytes })(), { actor: 'user:1' }) // prettier-ignore
    const { created, updated, rejectedCount, warnings } = await candidates.getImport(organization, importId, undefined)
    return { created, updated, rejectedCount, warned: warnings.map(({ line }) => line), warnings }
  }
  const add = async (input: object) => candidates.create(organization, CandidateInput.parse(input), 'all')
  const all = async () => CandidateModel.find({ organization }).sort({ _id: 1 }).lean()

  /** What several people may share. */
  const TWO_PEOPLE: Record<string, [string, string]> = {
    'routes behind a fragment': ['https://app.tool.example/#/people/1', 'https://app.tool.example/#/people/2'],
    'one route behind a fragment': ['https://app.tool.example/#/people', 'https://app.tool.example/#/people'],
    'a company’s page': [`${LINKEDIN}/company/acme`, `${LINKEDIN}/company/acme/`],
    'a website': ['https://acme.example', 'http://www.acme.example/'],
    'LinkedIn’s host': [LINKEDIN, `${LINKEDIN}/`],
    '/in/ without a name': [`${LINKEDIN}/in/`, `${LINKEDIN}/in/`],
    'the feed': [`${LINKEDIN}/feed/`, `${LINKEDIN}/feed/`],
    searches: [`${LINKEDIN}/search/results/people/?keywords=a`, `${LINKEDIN}/search/results/people/?keywords=b`],
    'one search': [`${LINKEDIN}/search/results/people/?keywords=a`, `${LINKEDIN}/search/results/people/?keywords=a`],
    'GitHub’s host': ['https://github.com/', 'https://github.com'],
    'a repository': ['https://github.com/acme/product', 'https://github.com/acme/product'],
  }
  for (const [what, [one, other]] of Object.entries(TWO_PEOPLE)) {
    it(`keeps two people apart who have ${what}, and recognizes both again`, async () => {
      const rows = [`Ann,,${one}`, `Bob,,${other}`, `Cyd,cyd@a.example,${one}`, `Dee,dee@a.example,${other}`]

      expect(await importRows('name,email,link', rows)).to.include({ created: 4, updated: 0 })
      expect(await importRows('name,email,link', rows)).to.include({ created: 0, updated: 4 })
    })
  }

  for (const [one, other] of [
    [`${LINKEDIN}/profile/view?id=1`, `${LINKEDIN}/profile/view?id=2`],
    [`${LINKEDIN}/talent/profile/AbC`, `${LINKEDIN}/talent/profile/aBc`],
    [`"${LINKEDIN}/sales/lead/ACwAAbC,N,x"`, `"${LINKEDIN}/sales/lead/ACwAabC,N,x"`],
    [`${LINKEDIN}/in/ann`, `${LINKEDIN}/in/ann-1`],
  ] as const) {
    it(`keeps the people of ${one} and ${other} apart, and recognizes both again`, async () => {
      const rows = [`Ann,,${one}`, `Ann,,${other}`]

      expect(await importRows('name,email,link', rows)).to.include({ created: 2, updated: 0 })
      expect(await importRows('name,email,link', rows)).to.include({ created: 0, updated: 2 })
    })
  }

  for (const address of ['info@a.example', 'noemail@a.example', 'No-Reply@a.example', 'bewerbung@a.example']) {
    it(`keeps two people apart who have ${address}, keeps the address, and recognizes both again`, async () => {
      const rows = [`Ann,${address}`, `Bob,${address}`]

      expect(await importRows('name,email', rows)).to.include({ created: 2, updated: 0 })
      expect(await importRows('name,email', rows)).to.include({ created: 0, updated: 2 })
      expect((await all()).map(({ emails }) => emails[0])).to.deep.equal([address, address])
    })
  }

  for (const id of ['n/a', '0', '-', 'NULL', 'none']) {
    it(`keeps two people apart who have ${id} as an id, and says so`, async () => {
      const rows = [`${id},Ann,ann@a.example`, `${id},Bob,bob@a.example`]

      expect(await importRows('externalId,name,email', rows)).to.deep.include({ created: 2, updated: 0, warned: [2, 3] })
      expect((await all()).map(({ externalId }) => externalId)).to.deep.equal([undefined, undefined])
    })
  }

  it('creates two candidates for one email address with two profiles on one site, and warns about it, at once and later', async () => {
    const ann = `Ann,x@a.example,${LINKEDIN}/in/ann`
    const bob = `Bob,x@a.example,${LINKEDIN}/in/bob`

    expect(await importRows('name,email,link', [ann])).to.deep.include({ created: 1, warned: [] })
    const second = await importRows('name,email,link', [bob])
    expect(second).to.deep.include({ created: 1, updated: 0, warned: [2] })
    expect(second.warnings[0]?.message).to.match(/different profile page/)
    expect(await importRows('name,email,link', [bob, ann])).to.deep.include({ created: 0, updated: 2, warned: [] })
    expect((await all()).map(({ name }) => name)).to.have.members(['Ann', 'Bob'])
  })

  it('creates one candidate for an email address with profiles on several sites, or several kinds of LinkedIn pages', async () => {
    const links = [`${LINKEDIN}/in/ann`, 'https://github.com/ann', `"${LINKEDIN}/sales/lead/ACwAAAnn12345,N,x"`, `${LINKEDIN}/talent/profile/AEMAAAnn12345`, 'https://x.com/ann'] // prettier-ignore

    const outcome = await importRows('name,email,link', links.map((link) => `Ann,ann@a.example,${link}`)) // prettier-ignore

    expect(outcome).to.deep.include({ created: 1, updated: 4, warned: [] })
  })

  it('creates a new candidate if several match equally well, says so, and recognizes it again', async () => {
    await add({ externalId: '1', name: 'Ann', emails: ['x@a.example'] })
    await add({ externalId: '2', name: 'Bob', emails: ['x@a.example'] })

    const first = await importRows('name,email', ['Cyd,x@a.example', 'ÁNN,x@a.example'])

    expect(first).to.deep.include({ created: 1, updated: 1, warned: [2] })
    expect(first.warnings[0]?.message).to.match(/several candidates/)
    expect(await importRows('name,email', ['Cyd,x@a.example', 'Ann,x@a.example'])).to.deep.include({ created: 0, updated: 2, warned: [] })
  })

  it('recognizes a row whose address a later row of the person replaced', async () => {
    const rows = [`Ann,old@a.example,${LINKEDIN}/in/ann`, `Ann,new@a.example,${LINKEDIN}/in/ann`, `Ann,older@a.example,${LINKEDIN}/in/ann`]

    expect(await importRows('name,email,link', rows)).to.include({ created: 1, updated: 2 })
    await importRows('name,email,link', [`Ann,new@a.example,https://ann.example`])
    expect(await importRows('name,email,link', rows)).to.include({ created: 0, updated: 3 })
  })

  it('creates a new candidate for a new externalId, and says that somebody with the same address exists', async () => {
    await add({ name: 'Ana', emails: ['ana@a.example'] })

    const both = await importRows('externalId,name,email', ['7,Ana,ana@a.example', ',Ana,ana@a.example'])

    expect(both).to.include({ created: 1, updated: 1 })
    expect(both.warnings.map(({ message }) => message)).to.deep.equal([NEW_ID])
  })

  it('recognizes a row whose candidate has changed since', async () => {
    const rows = ['Ana Reyes,ana@old.example', 'Max Ode,info@ode.example']
    await importRows('name,email', rows)
    for (const { _id, name } of await all()) {
      const change = name === 'Ana Reyes' ? { emails: ['ana@new.example'] } : { name: 'Maximilian Ode' }
      await candidates.patch(organization, String(_id), CandidateInput.partial().parse(change), 'all')
    }

    expect(await importRows('name,email', rows)).to.deep.include({ created: 0, updated: 2 })
  })

  it('counts warnings beyond the first 1,000, which it stores', async () => {
    const rows = Array.from({ length: 1010 }, (_, at) => `n/a,P ${at},p${at}@a.example`)

    const { warnings } = await importRows('externalId,name,email', rows)

    expect(warnings).to.have.length(1000)
    expect(warnings.at(-1)?.line).to.equal(1001)
  })

  it('finds a candidate by the keys of the previous version until they are renewed', async () => {
    const former = { name: 'Ann', emails: [], links: ['https://github.com/Ann'], emailKeys: [], linkKeys: ['github.com/Ann'], revision: 0 }
    await CandidateModel.collection.insertOne({ ...former, organization: new Types.ObjectId(organization) })

    expect(await importRows('name,email,link', ['Ann,,https://github.com/Ann'])).to.include({ created: 0, updated: 1 })
  })

  it('updates the keys of a candidate when the candidate changes', async () => {
    const { candidate } = await add({ name: 'Ann', emails: ['ann@a.example'], links: [`${LINKEDIN}/in/ann`] })

    await candidates.patch(organization, candidate.id, { links: ['https://github.com/Ann'], emails: null }, 'all')

    expect(await importRows('name,email,link', [`Bob,,${LINKEDIN}/in/ann`])).to.include({ created: 1 })
    expect(await importRows('name,email,link', ['Ann,,http://github.com/ann?tab=stars'])).to.include({ created: 0, updated: 1 })
  })
})
