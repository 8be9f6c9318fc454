import { expect } from 'chai'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { getOpportunity } from '../../src/lever/opportunities.ts'
import { leverDataEndpoints } from '../../src/web/api/lever-data.ts'
import { eventually } from '../support/eventually.ts'
import { startLever, type LeverForTests } from '../support/lever.ts'
import { connectEmptyDatabase, leaveDatabase } from '../support/mongo.ts'
import { startWeb, type RunningWeb } from '../support/web.ts'
import { clientOf, connect, mirrorOf, type MirrorUnderTest } from './mirror-under-test.ts'

describe('/api/v1/lever', () => {
  let lever: LeverForTests
  let under: MirrorUnderTest
  let web: RunningWeb

  before(async () => {
    await connectEmptyDatabase()
    lever = await startLever()
    await lever.settings({ rateLimit: { enabled: false } })
    under = await mirrorOf(lever)
    web = await startWeb({
      endpoints: () =>
        leverDataEndpoints({
          mirror: under.mirror,
          findCandidate: async (_organization, id) => (id === 'ada' ? { emails: ['ada@example.com'], links: [] } : null),
        }),
    })
    await connect(web.organization)
    under.mirror.startWorker()
  })
  after(async () => {
    await under.mirror.startWorker().stop(1000)
    await web.stop()
    await lever.stop()
    await leaveDatabase()
  })

  async function list(path: string): Promise<Record<string, unknown>[]> {
    const answer = await web.call('GET', `/api/v1/lever${path}`)
    expect(answer.status, path).to.equal(200)
    return ((await answer.json()) as { data: Record<string, unknown>[] }).data
  }
  const refused = async (method: string, path: string, json?: unknown) => {
    const answer = await web.call(method, `/api/v1/lever${path}`, json === undefined ? {} : { json })
    return `${answer.status} ${((await answer.json()) as { code: string }).code}`
  }

  it('begins a sync and returns its state, then the records', async () => {
    const answer = await web.call('POST', '/api/v1/lever/sync', { json: {} })

    expect(answer.status).to.equal(202)
    const { sync } = (await answer.json()) as { sync: Record<string, unknown> }
    expect(sync).to.include({ state: 'running', finishedAt: null })
    await eventually('the sync ends', async () => (await under.mirror.syncStatus(web.organization)).state === 'idle')
    expect(await list('/users')).to.have.length(8)
    expect((await list('/stages'))[0]).to.deep.equal({ id: 'lead-new', text: 'New lead' })
    expect((await list('/archive-reasons')).find(({ text }) => text === 'Hired')).to.include({ status: 'active', type: 'hired' })
    expect((await list('/requisitions')).map(({ requisitionCode }) => requisitionCode)).to.include('ENG-7')
    expect((await list('/postings?q=sre&limit=2')).length).to.equal(0)
    expect((await list('/postings?q=reliability&state=published'))[0]).to.include({ text: 'Site Reliability Engineer', open: true })
    expect(await list('/postings?open=false')).to.have.length(5)
  })

  it('accepts the names of resources, or no body at all', async () => {
    expect((await web.call('POST', '/api/v1/lever/sync', { json: { resources: ['postings'] } })).status).to.equal(202)
    expect((await web.call('POST', '/api/v1/lever/sync')).status).to.equal(202)
    expect(await refused('POST', '/sync', { resources: ['candidates'] })).to.equal('422 invalid_request')
    expect(await refused('POST', '/sync', { resources: [] })).to.equal('422 invalid_request')
  })

  it('filters opportunities', async () => {
    const made = await lever.addOpportunity({ name: 'Ada', emails: ['ada@example.com'] })
    const read = await getOpportunity(clientOf(lever), made.id, { expand: ['applications'] })
    await under.mirror.recordOpportunity(web.organization, read, new Date())

    const [found] = await list('/opportunities?candidateId=ada&archived=false&stageId=lead-new')

    expect(found).to.include({ id: made.id, contact: made.contact, stage: 'lead-new', url: made.urls.show, archived: null })
    expect(JSON.stringify(found)).not.to.contain('ada@')
    expect(await list('/opportunities?archived=true')).to.deep.equal([])
    expect(await list('/opportunities?postingId=none')).to.deep.equal([])
  })

  it('refuses unknown parameters and values', async () => {
    for (const path of [
      '/postings?state=open',
      '/postings?Q=x',
      '/opportunities?archived=yes',
      '/users?q=x',
      '/stages?cursor=x',
      '/postings?open=1',
    ]) {
      expect(await refused('GET', path), path).to.equal('422 invalid_request')
    }
    expect(await refused('GET', '/opportunities?candidateId=nobody')).to.equal('422 candidate_not_found')
  })

  it('shows sourcers what exporting needs, and admins everything', async () => {
    const { cookie, csrfToken } = await web.signIn('sourcer@x.example', 'sourcer')
    const headers = { cookie, 'x-csrf-token': csrfToken }
    const status = async (method: string, path: string) => (await web.call(method, `/api/v1/lever${path}`, { headers })).status

    for (const path of ['/postings', '/requisitions', '/stages', '/archive-reasons']) expect(await status('GET', path), path).to.equal(200)
    for (const path of ['/users', '/opportunities']) expect(await status('GET', path), path).to.equal(403)
    expect(await status('POST', '/sync')).to.equal(403)
  })

  it('answers 409 without a grant', async () => {
    await ConnectionModel.updateOne({ organization: web.organization }, { status: 'revoked' })

    expect(await refused('POST', '/sync', {})).to.equal('409 connection_not_active')
  })
})
