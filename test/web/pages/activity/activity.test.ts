import { expect } from 'chai'
import { got } from 'got'
import { AuditEventModel } from '../../../../src/audit/audit-event-model.ts'
import { DeliveryModel } from '../../../../src/webhooks/delivery-model.ts'
import { eventually } from '../../../support/eventually.ts'
import { LEVER_ADMIN } from '../../../support/lever.ts'
import {
  exportAndWait,
  newPerson,
  SOURCER,
  startService,
  type Api,
  type ExportAnswer,
  type ServiceForTests,
} from '../../../support/service.ts'
import { rowOf, visit, type Visitor } from '../visitor.ts'

describe('activity page', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let organization: string
  let api: Api
  let ana: Visitor
  let exported: ExportAnswer
  let candidateId: string
  /** The date on which the tests started, because midnight may pass during the run. */
  let today: string

  before(async () => {
    // generous, because calls to Lever may be slow when many tests run at once
    service = await startService({ LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
    today = new Date().toISOString().slice(0, 10)
    ;({ api, id: organization } = await service.connected())
    ana = await visit(service.url, api, LEVER_ADMIN)
    const { body } = await api.post<{ id: string }>('candidates', newPerson({ name: 'Audited <b>Ada</b>' }))
    candidateId = body.id
    exported = await exportAndWait(api, { candidateId })
    await api.post('connection/webhooks/provision')
    await service.lever.moveStage(exported.opportunityId ?? '', 'Recruiter screen')
    await eventually(
      'the stage change is processed',
      async () => (await deliveries('?event=candidateStageChange'))[0]?.status === 'processed',
    )
  })
  after(() => service.stop())

  const deliveries = async (query = '') =>
    (await api.get<{ data: { id: string; event: string; status: string; attempts: number }[] }>(`webhook-deliveries${query}`)).body.data

  it('shows what Lever reported, with label, name, and outcome', async () => {
    const row = rowOf((await ana.open('/activity')).html, 'candidateStageChange')

    expect(row)
      .to.include('Candidate Stage Change')
      .and.to.include('Processed')
      .and.to.include('Replay')
      .and.to.match(/<time /)
  })

  it('shows the payload exactly as it was received', async () => {
    const [delivery] = await deliveries('?event=candidateStageChange')

    const { html } = await ana.open(`/activity/deliveries/${delivery?.id}`)

    expect(html)
      .to.include(exported.opportunityId ?? '?')
      .and.to.include('triggeredAt')
      .and.to.include('Candidate Stage Change')
    expect(html).not.to.match(/signature&quot;|"signature"|[0-9a-f]{64}/)
    expect((await ana.open('/activity/deliveries/nonsense')).status).to.equal(404)
  })

  it('replays one delivery, and returns to the same page', async () => {
    const [delivery] = await deliveries('?event=candidateStageChange')
    const here = '/activity?event=candidateStageChange'
    const reads = (await service.lever.requests(`/opportunities/${exported.opportunityId}`)).length

    const after = await ana.send(`/activity/deliveries/${delivery?.id}/replay`, { next: here })

    expect(after.path).to.equal(here)
    expect(after.html).to.include('Processing again.')
    await eventually(
      'Lever is asked again',
      async () => (await service.lever.requests(`/opportunities/${exported.opportunityId}`)).length > reads,
    )
    await eventually('it is processed again', async () => (await deliveries('?event=candidateStageChange'))[0]?.status === 'processed')
  })

  it('shows whether a delivery is genuine, what came of it, and each attempt', async () => {
    const [delivery] = await deliveries('?event=candidateStageChange')

    const { html } = await ana.open(`/activity/deliveries/${delivery?.id}`)

    expect(html)
      .to.include('Valid: it matches the signature token')
      .and.to.include('Candidates updated: 1.')
      .and.to.match(/<ol><li><time [^>]+>[^<]+<\/time>: Processed/)
  })

  it('says in the reader’s language why a delivery had no effect', async () => {
    const [delivery] = await deliveries('?event=candidateStageChange')
    const unknown = { code: 'opportunity_unknown', detail: 'Lever does not know it.' }
    const gone = { code: 'connection_not_active', detail: 'It is not connected any more.' }
    const enEspanol = await visit(service.url, api, LEVER_ADMIN, 'es')
    const shown = async (visitor: Visitor, error: object): Promise<string> => {
      const tries = [
        { at: new Date(), step: 'wait', outcome: 'lever' },
        { at: new Date(), step: 'process', outcome: 'ignored', ...error },
      ]
      await DeliveryModel.updateOne({ _id: delivery?.id }, { status: 'ignored', error, tries })
      return (await visitor.open('/activity')).html + (await visitor.open(`/activity/deliveries/${delivery?.id}`)).html
    }

    const before = await DeliveryModel.findById(delivery?.id).orFail().lean()
    const [english, spanish, another] = [await shown(ana, unknown), await shown(enEspanol, unknown), await shown(enEspanol, gone)]
    await DeliveryModel.replaceOne({ _id: delivery?.id }, before)

    expect(english.split(unknown.detail)).to.have.lengthOf(4)
    expect(spanish.split('Lever no conoce la oportunidad')).to.have.lengthOf(4)
    expect(spanish).not.to.include(unknown.detail)
    expect([english, spanish].map((html) => /Lever (?:asked for|pidió) [^<]+/.exec(html)?.[0])).to.deep.equal([
      'Lever asked for a pause.',
      'Lever pidió una pausa.',
    ])
    expect(another).to.include('La conexión con Lever no está activa').and.not.to.include(gone.detail)
  })

  it('replays everything that a filter shows, and returns to the same place and filter', async () => {
    const here = `/activity?event=candidateStageChange&from=${today}T00%3A00`
    const later = `/activity?from=2999-01-01T00%3A00`
    await eventually('nothing waits', async () => (await deliveries('?status=received')).length === 0)
    const fields = (html: string) => Object.fromEntries([...html.matchAll(/type="hidden" name="(event|status|from|to)" value="([^"]*)"/g)].map(([, name, value]) => [name, value])) // prettier-ignore

    const { html } = await ana.open(here)
    const after = await ana.send('/activity/deliveries/replay', fields(html))

    expect(html).to.include('Replay all of these').and.to.include(`value="${today}T00:00"`)
    expect(after.path).to.equal(here)
    expect(after.html).to.include('Processing again: 1.')
    const row = rowOf(after.html, 'Webhook deliveries replayed')
    expect(row).to.include(`1 delivery · Candidate Stage Change · From (UTC): ${today} 00:00`).and.to.include('Ana Duarte')
    await eventually('it is processed again', async () => (await deliveries('?event=candidateStageChange'))[0]?.status === 'processed')
    expect((await ana.open('/activity')).html).not.to.include('Replay all of these')
    expect((await ana.open(later)).html)
      .to.include('No deliveries match.')
      .and.not.to.include('Replay all')
    expect((await ana.send('/activity/deliveries/replay', { from: '2999-01-01T00:00' })).html).to.include('None of these can be replayed')
    expect((await ana.send('/activity/deliveries/replay', { from: 'nonsense' })).status).to.equal(422)
  })

  it('says why a delivery with an expired payload cannot be replayed', async () => {
    const [delivery] = await deliveries('?event=candidateStageChange')
    await DeliveryModel.updateOne({ _id: delivery?.id }, { $unset: { payload: 1 } })

    const { html } = await ana.open(`/activity/deliveries/${delivery?.id}`)
    const refused = await ana.send(`/activity/deliveries/${delivery?.id}/replay`)

    expect(html).to.include('No longer kept').and.not.include('>Replay<')
    expect(refused.html).to.include('has expired')
  })

  it('shows deliveries by event and status', async () => {
    expect((await ana.open('/activity?event=candidateHired')).html).to.include('No deliveries match.')
    expect((await ana.open('/activity?status=failed')).html).to.include('No deliveries match.')
    expect((await ana.open('/activity?status=nonsense&event=candidateStageChange')).status).to.equal(422)
  })

  it('shows who did what, about which person, as which Lever user, in plain words and with names', async () => {
    const { html } = await ana.open('/activity')

    const asked = rowOf(html, 'Export requested')
    expect(asked).to.include('Audited &lt;b>Ada&lt;/b>').and.to.include(`/candidates/${candidateId}`)
    expect(asked).to.include('Bo Lindqvist').and.to.include('API key “')
    expect(rowOf(html, 'Exported')).to.include('This service')
    expect(rowOf(html, 'Sign-in link created')).to.include('Ana Duarte')
    expect(rowOf(html, 'Lever authorized')).to.include('The connection to Lever')
    expect(html).not.to.match(/user:[0-9a-f]{24}|<b>Ada/)
  })

  it('filters the trail, exports it as a CSV, and verifies it', async () => {
    const { html } = await ana.open('/activity?action=connection.authorized')

    expect(html).to.include('Lever authorized</th>').and.not.include('Export requested</th>')
    expect(html).to.include('href="/activity/audit.csv?action=connection.authorized"')
    expect((await ana.open('/activity?actor=nobody%40acme.example')).html).to.include('No records match.')
    expect((await ana.open('/activity/audit.csv?action=connection.authorized')).html).to.match(
      /^id,at,actor,.*\r\n.*connection\.authorized.*\r\n$/,
    )
    expect((await ana.send('/activity/audit/verify')).html).to.match(/Verified: \d+ records/)
    expect((await ana.send('/activity/audit/verify', { count: '1', hash: 'another' })).html).to.match(/Not valid: record 1 \(/)
  })

  it('has a label for every action in the trail', async () => {
    const done = await AuditEventModel.distinct('action', { organization })
    const { html } = await ana.open('/activity')

    for (const action of done) expect(html, action).not.to.include(`<code>${action}</code>`)
  })

  it('names removed people, and unknown objects, as well as possible', async () => {
    await api.put('users/gone@acme.example', { name: 'Gone Gil', role: 'sourcer' })
    await api.delete('users/gone@acme.example')

    expect(rowOf((await ana.open('/activity')).html, 'Person removed'))
      .to.include('A removed person')
      .and.not.include('Gil')
  })

  it('pages through both lists independently', async () => {
    const [delivery] = await DeliveryModel.find({ organization }).lean()
    const copies = Array.from({ length: 26 }, (_, at) => ({
      ...delivery,
      token: `copy-${at}`,
      event: 'interviewCreated',
      signatureKey: `key-${at}`,
    }))
    await DeliveryModel.insertMany(copies.map(({ _id, ...copy }) => copy))
    for (let at = 0; at < 26; at += 1) await api.put('users/again@acme.example', { name: `Again ${at}`, role: 'sourcer' })

    const first = await ana.open('/activity')
    const older = linkOf(first.html, 'deliveries')
    const olderDeliveries = await ana.open(older)
    const olderTrail = await ana.open(linkOf(olderDeliveries.html, 'audit'))

    expect(first.html).not.to.include('candidateStageChange</code>').and.not.include('Lever authorized</th>')
    expect(olderDeliveries.html).to.include('candidateStageChange</code>').and.not.include('Lever authorized</th>')
    expect(olderTrail.html).to.include('candidateStageChange</code>').and.to.include('Lever authorized</th>')
  })

  it('is available to admins only, and shows others no link to it', async () => {
    const bo = await visit(service.url, api, SOURCER)
    const [delivery] = await deliveries()

    expect((await bo.open('/candidates')).html).not.to.include('href="/activity"')
    expect((await ana.open('/candidates')).html).to.include('href="/activity"')
    for (const path of ['/activity', `/activity/deliveries/${delivery?.id}`]) expect((await bo.open(path)).status).to.equal(403)
    expect((await bo.send(`/activity/deliveries/${delivery?.id}/replay`)).status).to.equal(403)
    const signedOut = await got(`${service.url}/activity`, { followRedirect: false })
    expect(signedOut.headers.location).to.equal('/sign-in?next=%2Factivity')
  })

  it('shows nothing of another organization, and replays nothing without the CSRF token', async () => {
    const other = await service.organization()
    const stranger = await visit(service.url, other.api, LEVER_ADMIN, 'es')
    const [delivery] = await deliveries()

    const { html } = await stranger.open('/activity')

    expect(html).to.include('Lever aún no ha enviado nada').and.to.include('Organización creada').and.not.include('Audited')
    expect((await stranger.open(`/activity/deliveries/${delivery?.id}`)).status).to.equal(404)
    expect((await stranger.send(`/activity/deliveries/${delivery?.id}/replay`)).status).to.equal(404)
    const forged = await got.post(`${service.url}/activity/deliveries/${delivery?.id}/replay`, { cookieJar: ana.jar, form: {}, throwHttpErrors: false }) // prettier-ignore
    expect(forged.statusCode).to.equal(403)
  })
})

/** The link "Older deliveries" of one of the two lists. */
function linkOf(html: string, list: string): string {
  const [, address = ''] =
    new RegExp(`<section class="card" aria-labelledby="${list}">.*?<a href="([^"]+)">Older deliveries`, 's').exec(html) ?? []
  return address.replaceAll('&amp;', '&').replace(/#.*/, '')
}
