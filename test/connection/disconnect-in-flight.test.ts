import { expect } from 'chai'
import mongoose from 'mongoose'
import { restore, stub } from 'sinon'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { ExportModel } from '../../src/export/export-model.ts'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { eventually } from '../support/eventually.ts'
import type { FaultOrder } from '../support/lever.ts'
import { untilItRests, untilItRestsUnclear, wakeExport } from '../support/resting-export.ts'
import { exportAndWait, newPerson, SOURCER, startService, waitForEnd, type Api, type ExportAnswer, type ServiceForTests } from '../support/service.ts' // prettier-ignore

const CREATE = { method: 'POST', path: '^/opportunities$' }
/** The look-ups of exports: no background job asks for an email address. */
const LIST = { method: 'GET', path: '^/opportunities$', query: 'email=' }
const NOTES = { method: 'POST', path: '/notes$' }
const REFUSED = { kind: 'status', status: 503, headers: { 'retry-after': '0' }, times: 1000 } as const
/** An answer that comes when the faults are cleared. */
const HELD = { kind: 'slow', delayMs: 60_000 } as const

interface Person {
  id: string
  emails: string[]
}

describe('with work in progress,', () => {
  let service: ServiceForTests
  let organization: string
  let api: Api

  before(async function () {
    this.timeout(60_000)
    service = await startService(QUICK_TIMES)
    stub(Math, 'random').returns(0) // no time between the tries of Lever's client; after free ports were chosen at random
    await service.lever.settings({ rateLimit: { enabled: false } })
  })
  after(async () => {
    restore()
    await service.stop()
  })
  beforeEach(async () => {
    const made = await service.connected()
    organization = made.id
    api = service.api(made.apiKey)
  })
  afterEach(async () => {
    await service.lever.clearFaults()
    await service.lever.settings({ searchLagMs: 0 })
  })

  const candidate = async (): Promise<Person> => (await api.post<Person>('candidates', newPerson())).body
  const read = async (id: string): Promise<ExportAnswer> => (await api.get<ExportAnswer>(`exports/${id}`)).body
  const stateOf = async (id: string) => (await ExportModel.findById(id).lean())?.status
  const inLever = async ({ emails }: Person): Promise<string[]> =>
    (await service.lever.opportunitiesByEmail(emails[0] ?? '')).map(({ id }) => id)
  const fault = async (match: { method: string; path: string; query?: string }, order: Omit<FaultOrder, 'match'>): Promise<void> =>
    service.lever.fault({ times: 1, ...order, match })

  async function ask(person: Person, fields: Record<string, unknown> = {}): Promise<string> {
    const { body, status } = await api.post<ExportAnswer>('exports', { candidateId: person.id, requestedBy: SOURCER, ...fields })
    if (status !== 202) throw new Error(`the export was refused: ${JSON.stringify(body)}`)
    return body.id
  }

  /** Asks, and resolves when Lever keeps the export waiting, in the hands of no worker for an hour. */
  async function askQueued(person: Person): Promise<string> {
    await fault(LIST, REFUSED)
    const id = await ask(person)
    await untilItRests(id)
    return id
  }

  /** Asks, and resolves when the call of that state is at Lever, which answers once the faults are cleared. */
  async function askHeld(state: 'checking' | 'sending', person: Person): Promise<string> {
    await service.lever.clearRequests()
    await fault(state === 'checking' ? LIST : CREATE, HELD)
    const id = await ask(person)
    await untilHeld()
    expect(await stateOf(id)).to.equal(state)
    return id
  }

  async function untilHeld(): Promise<void> {
    await eventually('Lever holds its answer', async () =>
      (await service.lever.requests()).some(({ fault: hit, status }) => hit === HELD.kind && status === null),
    )
  }

  /** Asks, and resolves when it is not known whether Lever has it, and no worker looks for an hour. */
  async function askUnclear(person: Person, kind: 'resetBefore' | 'resetAfter'): Promise<string> {
    await fault(LIST, { ...REFUSED, after: 1 }) // or a look might find it before it rests
    await fault(CREATE, { kind })
    const id = await ask(person)
    await untilItRestsUnclear(id)
    return id
  }

  async function noteTried(id: string): Promise<void> {
    await eventually('the note was tried', async () => ((await ExportModel.findById(id).lean())?.note?.tries ?? 0) > 0)
  }

  /** Exports, and resolves when Lever has the note without Fulcrum knowing, and refuses to list notes. */
  async function askUnclearNote(person: Person): Promise<ExportAnswer> {
    await fault({ method: 'GET', path: '/notes$' }, { ...REFUSED, times: 1000 })
    await fault(NOTES, { kind: 'resetAfter' })
    const done = await exportAndWait(api, { candidateId: person.id, note: 'Likes tea.' })
    await noteTried(done.id)
    return done
  }

  async function noteEnded(id: string) {
    return eventually('the note has ended', async () => {
      const { note } = await read(id)
      return note && note.status !== 'queued' ? note : null
    })
  }

  describe('disconnecting', () => {
    const disconnect = async () => api.delete('connection')

    /** Disconnects; what Lever holds it answers once the connection counts as ended. */
    async function disconnectWhileHeld(): Promise<void> {
      const disconnected = disconnect()
      await eventually('the connection ends', () => ConnectionModel.exists({ organization, status: 'disconnected' }))
      await service.lever.clearFaults()
      expect((await disconnected).status).to.equal(204)
    }

    /** What of Lever is kept for the organization. */
    async function mirrored(): Promise<Record<string, number>> {
      const { db } = mongoose.connection
      const names = ['lever_users', 'lever_stages', 'lever_postings', 'lever_requisitions', 'lever_archive_reasons', 'lever_opportunities', 'lever_syncs'] // prettier-ignore
      const of = { organization: new mongoose.Types.ObjectId(organization) }
      const counts = await Promise.all(names.map(async (name) => [name, (await db?.collection(name).countDocuments(of)) ?? 0] as const))
      return Object.fromEntries(counts.filter(([, count]) => count > 0))
    }

    it('cancels queued exports permanently', async () => {
      const person = await candidate()
      const id = await askQueued(person)

      const answer = await disconnect()
      await service.lever.clearFaults()

      expect([answer.status, (await read(id)).status]).to.deep.equal([204, 'canceled'])
      await wakeExport(id)
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect([(await read(id)).status, await inLever(person)]).to.deep.equal(['canceled', []])
    })

    it('prevents exports that are being checked from being sent', async () => {
      const person = await candidate()
      const id = await askHeld('checking', person)

      await disconnectWhileHeld()

      expect((await waitForEnd(api, id)).status).to.equal('canceled')
      expect([await inLever(person), await mirrored()]).to.deep.equal([[], {}])
    })

    it('cancels exports that are being checked before Lever has answered', async () => {
      const person = await candidate()
      const id = await askHeld('checking', person)

      const disconnected = disconnect()
      await eventually('it is canceled', async () => (await stateOf(id)) === 'canceled')
      await service.lever.clearFaults()

      const { status, attempts } = await read(id)
      expect([(await disconnected).status, status, await inLever(person)]).to.deep.equal([204, 'canceled', []])
      expect(attempts, 'of the worker, which has lost the lease').to.deep.equal([])
    })

    it('looks for the result of an earlier attempt while the export is being checked again', async () => {
      const person = await candidate()
      const id = await askUnclear(person, 'resetAfter')
      await service.lever.clearFaults()
      await service.lever.clearRequests()
      await fault(LIST, HELD)
      await ExportModel.updateOne({ _id: id }, { $set: { status: 'queued', dueAt: new Date(0) } })
      await untilHeld()
      expect(await stateOf(id)).to.equal('checking')

      const disconnected = disconnect()
      await eventually('it is left to a look', async () => (await stateOf(id)) === 'unclear')
      await service.lever.clearFaults()
      await disconnected

      const ended = await read(id)
      expect([ended.status, await inLever(person)]).to.deep.equal(['exported', [ended.opportunityId]])
    })

    it('lets exports that are being sent finish, records the result, and keeps nothing of the mirror', async () => {
      const person = await candidate()
      const id = await askHeld('sending', person)

      await disconnectWhileHeld()
      const ended = await waitForEnd(api, id)

      expect([ended.status, await inLever(person)]).to.deep.equal(['exported', [ended.opportunityId]])
      expect(await mirrored()).to.deep.equal({})
    })

    it('looks for exports that become unclear while being sent, as long as the grant lasts', async () => {
      const person = await candidate()
      await fault(CREATE, { kind: 'hangAfter', delayMs: 1500 })
      const id = await ask(person)
      await eventually('Lever has it', async () => (await inLever(person)).length === 1)

      await disconnect()
      const ended = await waitForEnd(api, id)

      expect([ended.status, await inLever(person)]).to.deep.equal(['exported', [ended.opportunityId]])
      expect(await mirrored()).to.deep.equal({})
    })

    it('looks for unclear exports first, and adopts them', async () => {
      const person = await candidate()
      const id = await askUnclear(person, 'resetAfter')
      await service.lever.clearFaults()

      await disconnect()

      const ended = await read(id)
      expect([ended.status, await inLever(person)]).to.deep.equal(['exported', [ended.opportunityId]])
      expect(await mirrored()).to.deep.equal({})
    })

    it('looks for unclear exports even if a worker comes first', async () => {
      const person = await candidate()
      const id = await askUnclear(person, 'resetAfter')
      await service.lever.clearFaults()

      await ConnectionModel.updateOne({ organization }, { status: 'disconnected' })
      await wakeExport(id)
      const ended = await waitForEnd(api, id)
      await disconnect()

      expect([ended.status, await inLever(person)]).to.deep.equal(['exported', [ended.opportunityId]])
      expect(await mirrored()).to.deep.equal({})
    })

    it('reports an unknown outcome for exports that it does not find', async () => {
      const person = await candidate()
      await service.lever.settings({ searchLagMs: 60_000 })
      const id = await askUnclear(person, 'resetAfter')
      await service.lever.clearFaults()

      await disconnect()

      const ended = await waitForEnd(api, id)
      expect([ended.status, ended.error?.code]).to.deep.equal(['failed', 'outcome_unknown'])
      expect(await inLever(person)).to.have.length(1)
    })

    it('cannot look for exports when the grant is gone, and says so', async () => {
      const [unclear, queued] = [await candidate(), await candidate()]
      const first = await askUnclear(unclear, 'resetAfter')
      const second = await askQueued(queued)
      await service.lever.revokeGrants()
      await service.lever.expireTokens()
      await service.lever.clearFaults()
      await wakeExport(second)
      await eventually('the revocation is noticed', () =>
        ExportModel.exists({ _id: second, waitingFor: 'authorization', leaseUntil: null }),
      )
      expect((await api.get('connection')).body['status']).to.equal('revoked')

      const answer = await disconnect()

      expect(answer.status).to.equal(204)
      const ended = await Promise.all([first, second].map(async (id) => waitForEnd(api, id)))
      expect(ended.map(({ status, error }) => error?.code ?? status)).to.deep.equal(['outcome_unknown', 'canceled'])
    })

    it('cancels an unwritten note, and says so; the export remains', async () => {
      const person = await candidate()
      await fault(NOTES, { ...REFUSED, status: 429 })
      const done = await exportAndWait(api, { candidateId: person.id, note: 'Likes tea.' })
      await noteTried(done.id)

      await disconnect()

      expect((await noteEnded(done.id)).error?.code).to.equal('connection_not_active')
      expect(await read(done.id)).to.include({ status: 'exported', opportunityId: done.opportunityId })
    })

    it('looks for a note that may have been written', async () => {
      const done = await askUnclearNote(await candidate())
      await service.lever.clearFaults()

      await disconnect()

      const { status, noteId } = await noteEnded(done.id)
      expect(status).to.equal('written')
      expect((await service.lever.notesOf(done.opportunityId ?? '')).map(({ id }) => id)).to.deep.equal([noteId])
    })

    it('reports an unknown outcome for a note that it cannot look for', async () => {
      const done = await askUnclearNote(await candidate())

      await disconnect()

      const note = await noteEnded(done.id)
      expect([note.status, note.error?.code]).to.deep.equal(['failed', 'outcome_unknown'])
    })

    it('lets a note that is being written finish', async () => {
      const person = await candidate()
      await service.lever.clearRequests()
      await fault(NOTES, HELD)
      const done = await exportAndWait(api, { candidateId: person.id, note: 'Likes tea.' })
      await untilHeld()

      await disconnectWhileHeld()

      await eventually('the note is written', async () => (await read(done.id)).note?.status === 'written')
      expect(await service.lever.notesOf(done.opportunityId ?? '')).to.have.length(1)
    })

    it('keeps exports and audit trail; canceled exports can be retried after a new authorization', async () => {
      const person = await candidate()
      const id = await askQueued(person)
      await disconnect()
      await service.lever.clearFaults()

      const refused = await api.post('exports', { candidateId: person.id, requestedBy: SOURCER })
      const { body } = await api.get<{ data: { action: string }[] }>('audit-events?limit=100')

      expect([refused.status, refused.body['code']]).to.deep.equal([409, 'connection_not_active'])
      expect(body.data.map(({ action }) => action)).to.include.members(['export.requested', 'connection.disconnected'])
      expect((await read(id)).status).to.equal('canceled')
    })
  })

  describe('pausing', () => {
    const pause = async () => api.post('connection/pause')
    const activate = async () => api.post('connection/activate')

    it('keeps queued exports, says what they wait for, and accepts no new ones', async () => {
      const [person, other] = [await candidate(), await candidate()]
      const id = await askQueued(person)

      const paused = await pause()

      const held = await read(id)
      expect([paused.status, paused.body['status']]).to.deep.equal([200, 'paused'])
      expect([held.waitingFor, held.attempts.at(-1)?.outcome]).to.deep.equal(['paused', 'paused'])
      await service.lever.clearFaults()
      const refused = await api.post('exports', { candidateId: other.id, requestedBy: SOURCER })
      expect([refused.status, refused.body['code']]).to.deep.equal([409, 'connection_not_active'])
      expect(await inLever(person)).to.deep.equal([])
      await activate()
      expect((await waitForEnd(api, id)).status).to.equal('exported')
    })

    it('lets exports that are being checked or sent finish', async () => {
      const [one, two] = [await candidate(), await candidate()]
      const sending = await askHeld('sending', one)
      const checking = await askHeld('checking', two)

      await pause()
      await service.lever.clearFaults()

      const ended = await Promise.all([sending, checking].map(async (id) => waitForEnd(api, id)))
      expect(ended.map(({ status }) => status)).to.deep.equal(['exported', 'exported'])
      expect([await inLever(one), await inLever(two)]).to.deep.equal(ended.map(({ opportunityId }) => [opportunityId]))
    })

    it('keeps looking for unclear exports, but sends nothing again', async () => {
      const [found, lost] = [await candidate(), await candidate()]
      const first = await askUnclear(found, 'resetAfter')
      await service.lever.clearFaults()
      const second = await askUnclear(lost, 'resetBefore')
      await service.lever.clearFaults()

      await pause()
      await Promise.all([first, second].map(wakeExport))

      const ended = await waitForEnd(api, first)
      expect([ended.status, await inLever(found)]).to.deep.equal(['exported', [ended.opportunityId]])
      await eventually('the other waits', async () => (await read(second)).waitingFor === 'paused')
      expect([(await read(second)).status, await inLever(lost)]).to.deep.equal(['queued', []])
      await activate()
      expect((await waitForEnd(api, second)).status).to.equal('exported')
      expect(await inLever(lost)).to.have.length(1)
    })

    it('lets the note of a landed export be written, and stage changes arrive', async () => {
      await api.post('connection/webhooks/provision')
      const person = await candidate()
      await fault(NOTES, { kind: 'status', status: 429, headers: { 'retry-after': '0' } })
      const done = await exportAndWait(api, { candidateId: person.id, note: 'Likes tea.' })

      await pause()
      await service.lever.moveStage(done.opportunityId ?? '', 'Recruiter screen')

      await eventually('the note is written', async () => (await read(done.id)).note?.status === 'written', 10_000)
      await eventually('the stage is there', async () => {
        const { body } = await api.get<{ lever?: { stage: { text: string } } }>(`candidates/${person.id}`)
        return body.lever?.stage.text === 'Recruiter screen'
      }) // prettier-ignore
    }).timeout(30_000)
  })
})
