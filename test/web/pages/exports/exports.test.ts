import { expect } from 'chai'
import { got } from 'got'
import { ExportModel } from '../../../../src/export/export-model.ts'
import { eventually } from '../../../support/eventually.ts'
import { LEVER_ADMIN } from '../../../support/lever.ts'
import { exportAndWait, newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../../../support/service.ts'
import { rowOf, visit, type Visitor } from '../visitor.ts'

const EVE = 'eve@acme.example'
const REFUSED = { kind: 'status', status: 400, match: { method: 'POST', path: '/opportunities' }, times: 1, body: { code: 'BadRequestError', message: 'Odd' } } as const // prettier-ignore

describe('export list', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api
  let organization: string
  let bo: Visitor
  let ana: Visitor
  let eve: Visitor

  before(async () => {
    // generous, because calls to Lever may be slow when many tests run at once
    service = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
    ;({ api, id: organization } = await service.connected())
    await api.put(`users/${EVE}`, { name: 'Eve', role: 'sourcer' })
    ;[bo, ana, eve] = (await Promise.all([SOURCER, LEVER_ADMIN, EVE].map((email) => visit(service.url, api, email)))) as [
      Visitor,
      Visitor,
      Visitor,
    ]
  })
  after(() => service.stop())
  afterEach(() => service.lever.clearFaults())

  const add = async (fields: Record<string, unknown> = {}) => {
    const { body } = await api.post<{ id: string; name: string; emails: string[] }>('candidates', newPerson(fields))
    return body
  }
  const failed = async (fields: Record<string, unknown> = {}) => {
    const candidate = await add(fields)
    await service.lever.fault(REFUSED)
    const { id } = await exportAndWait(api, { candidateId: candidate.id })
    return { ...candidate, exportId: id }
  }
  /** Creates a queued export, which the pause keeps queued. */
  const waiting = async () => {
    const candidate = await add()
    await service.lever.fault({ kind: 'status', status: 503, match: { path: '/opportunities' }, times: 50 })
    const asked = await api.post<{ id: string }>('exports', { candidateId: candidate.id, requestedBy: SOURCER })
    await api.post('connection/pause')
    await eventually(
      'it is held',
      async () => (await api.get<{ waitingFor: string }>(`exports/${asked.body.id}`)).body.waitingFor === 'paused',
    )
    return { ...candidate, exportId: asked.body.id }
  }

  it('says what to do when there are no exports', async () => {
    const { html } = await eve.open('/exports')

    expect(html).to.include('Nothing has been exported yet.').and.to.include('Go to candidates')
  })

  it('shows status, target, requester, and the link to Lever', async () => {
    const { id, name } = await add({ name: 'Zoë <b>Brönn</b>' })
    const { url } = await exportAndWait(api, { candidateId: id, requestedBy: SOURCER })

    const row = rowOf((await bo.open('/exports')).html, `/candidates/${id}`)

    expect(name).to.include('<b>')
    expect(row).to.include('Zoë &lt;b>Brönn&lt;/b>').and.not.include('<b>')
    for (const words of [
      'Exported',
      'General opportunity',
      'at New lead',
      SOURCER,
      'as Bo Lindqvist in Lever',
      `href="${url}"`,
      'Open in Lever: ',
    ])
      expect(row).to.include(words)
    expect(row).to.match(/<time datetime="[^"]+" title="[^"]+UTC">just now<\/time>/i)
    expect(row).not.to.include('Retry')
  })

  it('retries a failed export, and returns to the same page', async () => {
    const { id, exportId } = await failed()

    const list = await bo.open('/exports?status=failed')
    const row = rowOf(list.html, `/candidates/${id}`)
    const after = await bo.send(`/exports/${exportId}/retry`, { next: '/exports?status=failed' })

    expect(row).to.include('Lever refused the export.').and.to.include('Odd').and.to.include('>Retry<')
    expect(row).to.include('name="next" value="/exports?status=failed"')
    expect(after.path).to.equal('/exports?status=failed')
    expect(after.html).to.include('Retrying.')
    await eventually('it is exported', async () => rowOf((await bo.open('/exports')).html, `/candidates/${id}`).includes('Exported'))
    expect((await bo.send(`/exports/${exportId}/retry`)).html).to.include('cannot be retried')
  })

  it('cancels a waiting export, and says what it waits for', async () => {
    const { id, exportId } = await waiting()
    try {
      expect(rowOf((await bo.open('/exports')).html, `/candidates/${id}`)).to.include('Waiting: exports are paused')

      const after = await bo.send(`/exports/${exportId}/cancel`, { next: '/exports?status=canceled' })

      expect(after.html).to.include('Canceled.')
      expect(rowOf(after.html, `/candidates/${id}`))
        .to.include('Canceled')
        .and.to.include('>Retry<')
        .and.not.include('>Cancel<')
    } finally {
      await api.post('connection/activate')
    }
  })

  it('is refreshed by a script only while something is in progress', async () => {
    const { id, exportId } = await waiting()
    try {
      const open = await bo.open('/exports?status=queued')
      expect(open.html).to.match(/<section class="card" id="exports" hx-get="\/exports\?status=queued" hx-trigger="every 3s"/)
      expect(rowOf(open.html, `/candidates/${id}`)).to.include(`id="cancel-${exportId}"`)
      await bo.send(`/exports/${exportId}/cancel`)
      expect((await bo.open('/exports?status=canceled')).html).not.to.include('hx-trigger')
    } finally {
      await api.post('connection/activate')
    }
  })

  it('filters by status, and says when no export matches', async () => {
    const { id } = await failed()

    expect((await bo.open('/exports?status=failed')).html).to.include(`/candidates/${id}`)
    expect((await bo.open('/exports?status=duplicate')).html).to.include('No exports have this status.')
    expect((await bo.open('/exports?status=nonsense')).status).to.equal(422)
  })

  it('offers to repeat an export that stopped at a duplicate, with the choice', async () => {
    const { id, emails } = await add()
    await service.lever.addOpportunity({ name: 'Known', emails })
    await exportAndWait(api, { candidateId: id })

    const row = rowOf((await bo.open('/exports')).html, `/candidates/${id}`)

    expect(row).to.include('Already in Lever').and.to.include('nothing was added').and.to.include(`/candidates/export?one=${id}`)
  })

  it('goes page by page', async () => {
    const { id } = await add()
    const canceled = { organization, candidate: id, status: 'canceled', requestedBy: SOURCER, onDuplicate: 'stop', dueAt: new Date('9999-01-01') } as const // prettier-ignore
    await ExportModel.create({ ...canceled, requisition: { requisitionId: 'r', requisitionCode: 'OLDEST' } })
    await ExportModel.insertMany(Array.from({ length: 50 }, () => canceled))

    const first = await bo.open('/exports')
    const next = /href="(\/exports\?cursor=[^"]+)"/.exec(first.html)?.[1] ?? ''
    const second = await bo.open(next)

    expect(first.html.match(/<tr role="row">/g)).to.have.length(51)
    expect(first.html).not.to.include('OLDEST')
    expect(second.html).to.include('Back to the newest').and.to.include('OLDEST')

    const oldest = await bo.open('/exports?sort=added&status=canceled')
    const newer = /href="(\/exports\?[^"]+cursor=[^"]+)">Newer exports/.exec(oldest.html)?.[1] ?? ''
    expect(oldest.html)
      .to.include('OLDEST')
      .and.include('aria-label="Exports, oldest first"')
      .and.include('href="/exports?status=failed&amp;sort=added"')
    expect(oldest.html).to.include('aria-sort="ascending"><a href="/exports?status=canceled">When</a>')
    expect((await bo.open(newer.replaceAll('&amp;', '&'))).html)
      .to.include('Back to the oldest')
      .and.not.include('OLDEST')
    expect((await bo.open('/exports?sort=name')).status).to.equal(422)
    await ExportModel.deleteMany({ candidate: id })
  })

  it('shows sourcers their own exports, and admins all', async () => {
    const { id, exportId } = await failed()

    expect((await ana.open('/exports')).html).to.include(`/candidates/${id}`)
    expect((await eve.open('/exports')).html).not.to.include(`/candidates/${id}`)
    expect((await eve.open(`/candidates/${id}`)).html)
      .to.include('Not exported yet.')
      .and.to.include('Only exports that you requested')
    for (const verb of ['retry', 'cancel']) expect((await eve.send(`/exports/${exportId}/${verb}`)).status).to.equal(404)
    expect((await ana.send(`/exports/${exportId}/retry`)).html).to.include('Retrying.')
  })

  it('changes nothing for another organization, without the CSRF token, or signed out', async () => {
    const { id, exportId } = await failed()
    const other = await service.organization()
    const stranger = await visit(service.url, other.api, LEVER_ADMIN)

    expect((await stranger.open('/exports')).html).not.to.include(id)
    expect((await stranger.send(`/exports/${exportId}/retry`)).status).to.equal(404)
    expect((await stranger.open(`/candidates/${id}`)).status).to.equal(404)
    const forged = await got.post(`${service.url}/exports/${exportId}/retry`, { cookieJar: bo.jar, form: {}, throwHttpErrors: false })
    expect(forged.statusCode).to.equal(403)
    const signedOut = await got(`${service.url}/exports`, { followRedirect: false })
    expect(signedOut.headers.location).to.equal('/sign-in?next=%2Fexports')
    expect((await bo.send(`/exports/${exportId}/retry`, { next: 'https://elsewhere.example/' })).path).to.equal('/exports')
  })

  it('shows a candidate’s exports on the candidate page, with all details', async () => {
    const { id, emails } = await add({ links: ['https://a.example/me'], project: 'P & Q', summary: 'Long <i>story</i>' })
    await exportAndWait(api, { candidateId: id })

    const { html, status } = await bo.open(`/candidates/${id}`)

    expect(status).to.equal(200)
    for (const words of [
      emails[0],
      'https://a.example/me',
      'P &amp; Q',
      'Long &lt;i>story&lt;/i>',
      'New lead',
      'Export to ATS',
      'General opportunity',
    ])
      expect(html).to.include(words)
    expect((await bo.open('/candidates/nonsense')).status).to.equal(404)
  })
})
