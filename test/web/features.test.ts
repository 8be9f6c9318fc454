import { expect } from 'chai'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import {
  message,
  newCandidate,
  newConversation,
  read,
  send,
  WITH_CONVERSATIONS,
  type Conversation,
} from '../conversations/conversation-world.ts'
import { ExportModel } from '../../src/export/export-model.ts'
import { eventually } from '../support/eventually.ts'
import { LEVER_ADMIN } from '../support/lever.ts'
import {
  authorize,
  newPerson,
  SOURCER,
  startService,
  waitForBatch,
  waitForEnd,
  type Api,
  type ExportAnswer,
  type ServiceForTests,
} from '../support/service.ts'
import { visit } from './pages/visitor.ts'

interface Shown {
  status: string
  authorizationNeeded: boolean
  warnings: string[]
}

describe('features of a connection', function () {
  this.timeout(60_000)
  let service: ServiceForTests
  let api: Api
  let organization: string

  before(async () => {
    service = await startService({ NOTE_DELAY_MS: '0', LEVER_TIMEOUT_MS: '5000', SETTLE_MS: '6000' })
  })
  after(() => service.stop())

  const use = (...features: string[]) => api.patch<Shown>('connection/settings', { features })
  const told = ({ status, body }: { status: number; body: unknown }) => [status, (body as { code?: string }).code]
  const ask = () => api.post<ExportAnswer>('exports', { candidate: newPerson(), requestedBy: SOURCER })
  const withoutScope = (scope: string) => ConnectionModel.updateOne({ organization }, { $pull: { 'auth.scopes': scope } })

  describe('a feature that is off', () => {
    before(async () => {
      ;({ api, id: organization } = await service.connected())
    })

    it('answers every call with 409, whatever the call is about', async () => {
      const calls: { status: number; body: unknown }[] = [
        await api.post('conversations/talk/messages', message({ candidateId: '0'.repeat(24) })),
        await api.get('conversations/talk'),
      ]
      await use('conversations')
      calls.push(
        await ask(),
        await api.post('exports/bulk', { candidateIds: ['0'.repeat(24)], requestedBy: SOURCER }),
        await api.get('exports'),
        await api.get(`export-batches/${'0'.repeat(24)}`),
        await api.put('export-rules/one', { stages: ['qualified'], requestedBy: SOURCER }),
        await api.get('export-rules'),
      )
      await use('export')

      for (const call of calls) expect(told(call)).to.deep.equal([409, 'feature_off'])
    })

    it('appears in the preview as the problem with which POST /exports would be refused, without a call to Lever', async () => {
      await use('conversations')
      await service.lever.clearRequests()

      const { status, body } = await api.post('exports/preview', { candidate: newPerson(), requestedBy: SOURCER })

      expect(status).to.equal(200)
      expect(body).to.deep.include({ allowed: false, duplicatesChecked: 'no', request: null })
      expect(body).to.have.nested.property('problems[0].code', 'feature_off')
      expect((await service.lever.requests('/opportunities')).filter(({ query }) => 'email' in query)).to.deep.equal([])
      await use('export')
    })

    it('answers its pages with 409 and says what to do, in English and Spanish', async () => {
      await use('conversations')
      for (const [language, words] of [['en', 'This connection is not used for exports.'], ['es', 'Esta función está desactivada.']] as const) {
        const ana = await visit(service.url, api, LEVER_ADMIN, language)
        for (const path of ['/exports', '/settings/export-rules', '/exports/batches', '/exports/progress']) {
          const page = await ana.open(path)
          expect([page.status, page.html.includes(words)], `${language} ${path}`).to.deep.equal([409, true])
        }
      } // prettier-ignore
      await use('export')
    })

    it('keeps queued work, which continues once the feature is on again', async () => {
      const people = Array.from({ length: 40 }, () => newPerson())
      const candidateIds: string[] = []
      for (const person of people) candidateIds.push((await api.post<{ id: string }>('candidates', person)).body.id)
      const { body } = await api.post<{ batchId: string }>('exports/bulk', { candidateIds, requestedBy: SOURCER })
      await use('conversations')
      const waiting = { organization, batch: body.batchId, finishedAt: null }
      await eventually(
        'the rest waits',
        async () => (await ExportModel.countDocuments({ ...waiting, waitingFor: { $ne: 'paused' } })) === 0,
        20_000,
      )
      expect(await ExportModel.countDocuments(waiting)).to.be.greaterThan(0)

      await use('export')

      await waitForBatch(api, body.batchId)
      expect((await api.get(`export-batches/${body.batchId}`)).body).to.include({ total: 40, exported: 40 })
    })
  })

  describe('a feature that is on but not granted', () => {
    before(async () => {
      ;({ api, id: organization } = await service.connected(WITH_CONVERSATIONS))
    })
    afterEach(() => authorize(api, service.lever))

    it('answers 409 with the scope, in both languages on pages, and stops nothing else', async () => {
      await withoutScope('applications:read:admin')

      const refused = await api.post('conversations/talk/messages', message({ candidateId: '0'.repeat(24) }))

      expect(told(refused)).to.deep.equal([409, 'scope_missing'])
      expect(refused.body).to.deep.include({ scope: 'applications:read:admin', missing: ['applications:read:admin'] })
      expect((await api.get<Shown>('connection')).body).to.deep.include({ status: 'active', authorizationNeeded: true })
      expect((await waitForEnd(api, (await ask()).body.id)).status).to.equal('exported')
      const overview = await (await visit(service.url, api, LEVER_ADMIN)).open('/settings/ats')
      expect(overview.html).to.include('Not granted').and.include('applications:read:admin')
    })

    it('refuses an export, says so next to the button, and allows it after an authorization', async () => {
      await withoutScope('opportunities:write:admin')
      const { body } = await api.post<{ id: string }>('candidates', newPerson())

      expect(told(await ask())).to.deep.equal([409, 'scope_missing'])
      expect((await ask()).body).to.include({ scope: 'opportunities:write:admin' })
      expect((await api.post('exports/preview', { candidateId: body.id, requestedBy: SOURCER })).body)
        .to.have.nested.property('problems[0].code', 'scope_missing') // prettier-ignore
      expect((await api.get('exports')).status).to.equal(200)
      for (const [language, words] of [['en', 'Lever has not granted all the permissions that exports need.'], ['es', 'Lever no ha concedido todos los permisos que necesitan las exportaciones.']] as const) {
        const page = await (await visit(service.url, api, SOURCER, language)).open(`/candidates/${body.id}`)
        expect(page.html).to.include(words).and.include('opportunities:write:admin')
      } // prettier-ignore

      await authorize(api, service.lever)
      expect((await ask()).status).to.equal(202)
    })

    it('keeps conversations, whose notes are written once it is granted', async () => {
      const { id } = await newCandidate(api)
      await api.post<ExportAnswer>('exports', { candidateId: id, requestedBy: SOURCER }).then(({ body }) => waitForEnd(api, body.id))
      const talk = newConversation()
      await api.post('connection/pause')
      expect((await send(api, talk, { candidateId: id })).status).to.equal(202)
      await withoutScope('applications:read:admin')
      await api.post('connection/activate')

      const waits = await eventually('it waits', async () => {
        const conversation = await read(api, talk)
        return conversation.waitingFor === 'authorization' ? conversation : null
      })
      expect(waits).to.include({ messages: 1 })
      const page = await (await visit(service.url, api, LEVER_ADMIN, 'es')).open(`/candidates/${id}`)
      expect(page.html).to.include('Permisos que faltan: applications:read:admin').and.not.include('Escribir la nota ahora')

      await authorize(api, service.lever)
      await eventually('it is noted', async () => (await api.get<Conversation>(`conversations/${talk}`)).body.notes.length === 1, 30_000)
    })
  })
})
