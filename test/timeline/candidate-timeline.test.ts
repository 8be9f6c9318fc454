import { expect } from 'chai'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { eventually } from '../support/eventually.ts'
import { LEVER_ADMIN } from '../support/lever.ts'
import { exportAndWait, newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { visit } from '../web/pages/visitor.ts'

interface Entry {
  at: string
  kind: string
  opportunityId: string | null
  stage: { text: string | null } | null
  archiveReason: { text: string | null } | null
  by: { name: string | null } | null
  requestedBy: string | null
}
interface Timeline {
  data: Entry[]
  nextCursor: string | null
}

describe("a candidate's timeline", () => {
  let service: ServiceForTests
  let api: Api
  let candidateId: string
  let opportunityId: string

  before(async () => {
    service = await startService(QUICK_TIMES)
    await service.lever.settings({ rateLimit: { enabled: false } })
    ;({ api } = await service.connected())
    await api.post('connection/webhooks/provision')
    candidateId = (await api.post<{ id: string }>('candidates', newPerson({ name: 'Timed Tim' }))).body.id
    opportunityId = (await exportAndWait(api, { candidateId, note: 'Met at a meetup.' })).opportunityId ?? ''
    const { lever } = service
    await lever.moveStage(opportunityId, 'Recruiter screen')
    await lever.archive(opportunityId, 'Withdrew')
    await eventually('the archiving is here', async () => (await kinds()).includes('archived'), 20_000)
    await lever.unarchive(opportunityId)
    await eventually('its end is here', async () => (await kinds()).includes('unarchived'), 20_000)
    await lever.hire(opportunityId)
    await eventually('the hire is here', async () => (await kinds()).includes('hired'), 20_000)
    await eventually('the note is written', async () => (await kinds()).includes('noteWritten'), 20_000)
  })
  after(() => service.stop())

  const timeline = async (query = '?limit=100') => (await api.get<Timeline>(`candidates/${candidateId}/timeline${query}`)).body
  const kinds = async () => (await timeline()).data.map(({ kind }) => kind)

  it('has exports, notes, stages with the person who moved them, archivings with their reason, and hires; each once, newest first', async () => {
    const { data, nextCursor } = await timeline()

    const lever = data.filter(({ kind }) => !/export|note/i.test(kind))
    expect(lever.map(({ kind, stage, archiveReason }) => [kind, stage?.text ?? archiveReason?.text ?? null])).to.deep.equal([
      ['hired', 'Hired'],
      ['unarchived', null],
      ['archived', 'Withdrew'],
      ['stage', 'Recruiter screen'],
      ['stage', 'New lead'],
    ])
    expect(data.map(({ kind }) => kind).filter((kind) => /export|note/i.test(kind)).toSorted()).to.deep.equal(['exportRequested', 'exported', 'noteWritten']) // prettier-ignore
    expect([lever.at(-1)?.opportunityId, lever.at(-1)?.by?.name]).to.deep.equal([opportunityId, 'Bo Lindqvist'])
    expect(data.find(({ kind }) => kind === 'exportRequested')?.requestedBy).to.equal(SOURCER)
    expect(data.map(({ at }) => at)).to.deep.equal(data.map(({ at }) => at).toSorted().toReversed()) // prettier-ignore
    expect(nextCursor).to.equal(null)
  })

  it('goes page by page, and refuses a cursor of another list', async () => {
    const all = (await timeline()).data
    const pages: Entry[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Timeline = await timeline(`?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`)
      pages.push(...page.data)
      cursor = page.nextCursor
    }

    expect(pages).to.deep.equal(all)
    expect((await api.get(`candidates/${candidateId}/timeline?cursor=nonsense`)).status).to.equal(422)
  })

  it("is on the candidate's page, where a sourcer sees Lever's entries and their own exports", async () => {
    await api.put('users/cy@acme.example', { name: 'Cy', role: 'sourcer' })
    const ana = await visit(service.url, api, LEVER_ADMIN)
    const cy = await visit(service.url, api, 'cy@acme.example', 'es')

    const { html } = await ana.open(`/candidates/${candidateId}`)
    const ofCy = (await cy.open(`/candidates/${candidateId}`)).html

    for (const words of ['Timeline', 'Stage in Lever: Recruiter screen', 'Archived in Lever: Withdrew', 'Hired', 'Export requested', 'Note written in Lever', 'in Lever by Bo Lindqvist']) expect(html).to.include(words) // prettier-ignore
    expect(ofCy).to.include('Etapa en Lever: Recruiter screen').and.not.include('Exportación solicitada')
  })

  it('belongs to one organization, and is deleted with the candidate and with the opportunity', async () => {
    const { api: other } = await service.organization()
    expect((await other.get(`candidates/${candidateId}/timeline`)).status).to.equal(404)

    await service.lever.deleteOpportunity(opportunityId)
    await eventually('what came from Lever is gone', async () => !(await kinds()).includes('stage'), 20_000)
    expect(await kinds()).to.include('exported')

    expect((await api.delete(`candidates/${candidateId}`)).status).to.equal(204)
    expect((await api.get(`candidates/${candidateId}/timeline`)).status).to.equal(404)
  })
})
