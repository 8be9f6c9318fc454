import { expect } from 'chai'
import { CandidateInput } from '../../../../src/candidates/candidate-input.ts'
import { createCandidates, type Candidates } from '../../../../src/candidates/candidates.ts'
import { createLog } from '../../../../src/log.ts'
import { linkToLever } from '../../../support/candidates.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../../support/mongo.ts'
import { nobodyErased } from '../../../support/nobody-erased.ts'
import { startWeb, type RunningWeb } from '../../../support/web.ts'
import { toNobody } from '../../../support/domain-events.ts'

describe('candidates page', () => {
  let web: RunningWeb
  let candidates: Candidates
  let cookie: string

  before(async () => {
    await connectEmptyDatabase()
    const readExports: Parameters<typeof createCandidates>[0]['readExports'] = async (_organization, ids) =>
      new Map(ids.map((id) => [id, { id, status: 'exported' }]))
    candidates = createCandidates({
      readPublicPostings: async (_organization: string, ids: readonly string[]) => new Set(ids),
      readExports,
      publish: toNobody,
      erased: nobodyErased,
      watchStages: async () => null,
      leaseMs: 15_000,
      log: createLog({ level: 'silent' }),
    })
    web = await startWeb({ candidatesPage: { list: candidates.list, findIds: candidates.findIds, findExportBlocker: async () => null } })
    cookie = (await web.signIn('sam@acme.example', 'sourcer')).cookie
  })
  after(async () => {
    await web.stop()
    await leaveDatabase()
  })

  const open = async (path: string, language = 'en') => {
    const response = await web.call('GET', path, { headers: { cookie, 'accept-language': language } })
    return { status: response.status, html: await response.text() }
  }
  const add = async (fields: object) => (await candidates.create(web.organization, CandidateInput.parse(fields), 'all')).candidate.id

  it('says where candidates come from while there are none', async () => {
    expect((await open('/candidates')).html)
      .to.contain('No candidates yet')
      .and.to.contain('/candidates/import')
      .and.to.contain('/api/docs')
  })

  it('lists them, escaped, with their stage, the link to Lever, and the status of the export', async () => {
    const id = await add({ name: 'Ana <b>López</b>', emails: ['ana@a.example'], project: 'Backend', stage: 'interested' })
    await candidates.noteExport(web.organization, id, '0123456789abcdef01234567', {
      opportunityId: 'opp-1', contactId: null, url: 'https://lever.example/opp-1', stage: { id: 's', text: 'Responded' }, postings: [],
      archived: { reason: 'r', reasonText: 'Withdrew', archivedAt: new Date() }, owner: null, updatedAt: null,
    }) // prettier-ignore
    await add({ name: 'Bob', links: ['https://b.example/bob'] })

    const { html } = await open('/candidates')
    const spanish = await open('/candidates', 'es')

    expect(html).to.contain('Ana &lt;b>López&lt;/b>').and.not.to.contain('<b>López')
    expect(html).to.match(/<a href="https:\/\/lever\.example\/opp-1".*?>Responded<\/a>/)
    for (const words of ['Archived: Withdrew', 'Exported', 'Backend', 'interested', 'https://b.example/bob', 'Not in Lever'])
      expect(html).to.contain(words)
    for (const words of ['Archivado: Withdrew', 'Exportada', 'No está en Lever']) expect(spanish.html).to.contain(words)
  })

  it('creates no link from an address that is not a web address', async () => {
    const id = await add({ name: 'Eve', emails: ['eve@a.example'] })
    await linkToLever(web.organization, id, {
      opportunityId: 'opp-2', contactId: null, url: 'javascript:alert(1)', stage: { id: 's', text: 'Offer' }, postings: [], archived: null, owner: null, updatedAt: null,
    }) // prettier-ignore

    expect((await open('/candidates')).html)
      .to.contain('Offer')
      .and.not.to.contain('javascript:alert')
  })

  it('searches, says when no candidates match, and goes page by page', async () => {
    for (let at = 0; at < 50; at += 1) await add({ name: `Person ${at}`, emails: [`p${at}@a.example`] })

    const first = await open('/candidates')
    const next = /href="(\/candidates\?cursor=[^"]+)"/.exec(first.html)?.[1] ?? ''
    const second = await open(next)

    expect(first.html).to.contain('Person 49').and.not.to.contain('López')
    expect(second.html).to.contain('López').and.not.to.contain('href="/candidates?cursor=')
    expect((await open('/candidates?q=lopez')).html)
      .to.contain('López')
      .and.not.to.contain('Person 1')
    expect((await open('/candidates?q=%3Cnobody%3E')).html).to.contain('No candidates found for “&lt;nobody>”')
  })

  it('shows the candidates of a project, or by export status, and keeps the filter in the address', async () => {
    const exported = await add({ name: 'Carla Done', emails: ['carla@a.example'], project: 'A & B' })
    await candidates.noteExport(web.organization, exported, '0123456789abcdef01234568', {
      opportunityId: 'opp-3', contactId: null, url: null, stage: { id: 's', text: 'Offer' }, postings: [], archived: null, owner: null, updatedAt: null,
    }) // prettier-ignore
    await add({ name: 'Dora Open', emails: ['dora@a.example'], project: 'A & B' })

    const ofProject = await open('/candidates?project=A+%26+B')
    const done = await open('/candidates?project=A+%26+B&exported=true')
    const notYet = await open('/candidates?project=A+%26+B&exported=false')

    expect(ofProject.html)
      .to.contain('Carla Done')
      .and.to.contain('Dora Open')
      .and.to.contain('Project: A &amp; B')
      .and.not.to.contain('Bob')
    expect(done.html).to.contain('Carla Done').and.not.to.contain('Dora Open')
    expect(notYet.html).to.contain('Dora Open').and.not.to.contain('Carla Done')
    expect(done.html).to.match(/<option value="true" selected/)
    expect(done.html).to.contain('<input type="hidden" name="project" value="A &amp; B"')
    expect(ofProject.html).to.contain('href="/candidates?project=A+%26+B"')
    expect((await open('/candidates?project=none')).html).to.contain('No candidates match.')
  })

  it('has Export to ATS in every row and for a selection, with the name of each person', async () => {
    const id = await add({ name: 'Emil "E" <i>', emails: ['emil@a.example'] })

    const { html } = await open('/candidates?q=emil')

    expect(html).to.contain(`<input type="checkbox" name="id" value="${id}" aria-label="Select Emil &quot;E&quot; &lt;i>"`)
    expect(html).to.match(new RegExp(`<button type="submit" name="one" value="${id}"[^>]*>Export to ATS</button>`))
    expect(html).to.match(/<button [^>]*type="submit"[^>]*>Export to ATS<\/button>/)
    expect(html).to.contain('<dialog id="export-dialog"')
  })

  it('is available to signed-in people, who see only their own organization', async () => {
    const { id: other } = await web.accounts.createOrganization({ name: 'Other', sourceName: 'other' })
    await candidates.create(other, CandidateInput.parse({ name: 'Stranger', emails: ['s@a.example'] }), 'all')

    expect((await open('/candidates?q=stranger')).html).to.contain('No candidates found')
    const signedOut = await web.call('GET', '/candidates', { headers: { cookie: '' } })
    expect(signedOut.headers.get('location')).to.equal('/sign-in?next=%2Fcandidates')
    expect((await open('/candidates?cursor=nonsense')).status).to.equal(422)
  })
})
