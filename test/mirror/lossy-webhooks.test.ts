import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { DeliveryModel } from '../../src/webhooks/delivery-model.ts'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { eventually } from '../support/eventually.ts'
import type { LeverOpportunity } from '../support/lever.ts'
import { exportAndWait, newPerson, startService, type Api, type ServiceForTests } from '../support/service.ts'
import { webhookPoster, type SentWebhook } from '../support/webhook-sender.ts'
import { expectSameAsLever } from './same-as-lever.ts'

/** `SEED=…` repeats a run. */
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const EVENTS = ['applicationCreated', 'candidateStageChange', 'candidateArchiveChange', 'candidateHired', 'candidateDeleted']
const SIGNATURE_TOKEN = 'b'.repeat(48)
const STEPS = 60
const LOST = 0.3
const DOUBLED = 0.2

/** Mulberry32: numbers from 0 to 1, the same for a seed. */
function numbersOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

describe('unreliable webhooks', function () {
  this.timeout(60_000)
  const random = numbersOf(SEED)
  const oneOf = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const caught: SentWebhook[] = []
  const poster = webhookPoster()
  let line: Server
  let service: ServiceForTests
  let id: string
  let api: Api
  let webhookUrl: string
  const ours: { candidateId: string; opportunityId: string }[] = []

  before(async () => {
    service = await startService({ ...QUICK_TIMES, LEVER_REQUESTS_PER_SECOND: '500', LEVER_BURST: '500' })
    await service.lever.settings({ rateLimit: { enabled: false } })
    ;({ id, api } = await service.connected())
    line = createServer((request, response) => {
      let text = ''
      request
        .on('data', (part) => (text += String(part)))
        .on('end', () => {
          caught.push(JSON.parse(text) as SentWebhook)
          response.end('{}')
        })
    })
    await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve))
    const lineUrl = `http://127.0.0.1:${(line.address() as AddressInfo).port}/`
    for (const event of EVENTS) await service.lever.addWebhook(event, lineUrl, { signatureToken: SIGNATURE_TOKEN })
    webhookUrl = (await api.put<{ webhookUrl: string }>('connection/webhooks/any', { signatureToken: SIGNATURE_TOKEN })).body.webhookUrl
    for (let at = 0; at < 4; at += 1) {
      const { id: candidateId } = (await api.post<{ id: string }>('candidates', newPerson())).body
      ours.push({ candidateId, opportunityId: (await exportAndWait(api, { candidateId })).opportunityId ?? '' })
    }
  })
  after(async () => {
    poster.stop()
    line?.close()
    await service?.stop()
  })

  type Known = LeverOpportunity & { confidentiality: string; stageChanges: { toStageId: string; updatedAt: number; userId?: string }[] }
  const inLever = async () => (await service.lever.allOpportunities()) as Known[]

  /** Something that people do in Lever; to one of ours every other time. */
  async function live(): Promise<void> {
    const { lever } = service
    const all = (await inLever()).filter(({ confidentiality }) => confidentiality !== 'confidential')
    const mine = all.filter((one) => ours.some(({ opportunityId }) => opportunityId === one.id))
    const one = oneOf(random() < 0.5 && mine.length > 0 ? mine : all)
    const what = random()
    if (what < 0.5) await lever.moveStage(one.id, oneOf(['lead-reached-out', 'lead-responded', 'offer', 'lead-new']))
    else if (what < 0.65) await (one.archived ? lever.unarchive(one.id) : lever.archive(one.id, 'Withdrew'))
    else if (what < 0.75) await lever.hire(one.id)
    else if (what < 0.85) await lever.addOpportunity({ name: 'Somebody', emails: [`somebody-${random()}@mail.example`] })
    else if (what < 0.9) await lever.deleteOpportunity(one.id)
    else if (what < 0.95) await merge(one, oneOf(all))
    else await lever.addOpportunity({ name: 'Again', emails: one.emails.slice(0, 1) })
  }

  async function merge(one: Known, into: Known): Promise<void> {
    if (one.contact !== into.contact) await service.lever.mergeContacts(one.id, into.id)
  }

  /** What comes through, in the order in which it comes. */
  function throughTheLine(sent: readonly SentWebhook[]): SentWebhook[] {
    const arrived = sent.filter(() => random() >= LOST)
    const all = [...arrived, ...arrived.filter(() => random() < DOUBLED)]
    return all.map((body) => ({ body, place: random() })).toSorted((a, b) => a.place - b.place).map(({ body }) => body) // prettier-ignore
  }

  async function sweep(): Promise<void> {
    await eventually('what arrived is processed', async () => (await DeliveryModel.countDocuments({ status: 'received' })) === 0, 30_000)
    await api.post('lever/sync', { resources: ['opportunities'] })
    await eventually(
      'the sweep ends',
      async () => (await api.get<{ sync: { state: string } }>('connection')).body.sync.state === 'idle',
      30_000,
    )
  }

  it(`leave no difference to Lever after one sweep when lost, duplicated, and shuffled (SEED=${SEED})`, async () => {
    for (let step = 0; step < STEPS; step += 1) await live()
    await eventually(
      'Lever has told all',
      async () => (await service.lever.deliveries()).every(({ status }) => status === 'succeeded'),
      30_000,
    )
    const arriving = throughTheLine(caught)

    const statuses = await Promise.all(arriving.map((body) => poster.post(webhookUrl, body)))
    await sweep()

    expect(new Set(statuses)).to.deep.equal(new Set([200]))
    expect(await DeliveryModel.countDocuments({})).to.equal(new Set(arriving.map(({ token }) => token)).size)
    await expectSameAsLever(id, service.lever)
    const left = new Map((await inLever()).map((one) => [one.id, one]))
    for (const { candidateId, opportunityId } of ours) await expectCandidateSameAs(candidateId, left.get(opportunityId))
  })

  async function expectCandidateSameAs(candidateId: string, opportunity: Known | undefined): Promise<void> {
    interface Shown {
      lever?: { stage: { id: string }; archived: { archivedAt: string } | null }
    }
    const { lever } = (await api.get<Shown>(`candidates/${candidateId}`)).body
    const { data } = (await api.get<{ data: { kind: string; at: string; stage: { id: string } | null; by: { leverUserId: string } | null }[] }>(`candidates/${candidateId}/timeline?limit=100`)).body // prettier-ignore
    const stages = data.filter(({ kind }) => kind === 'stage').map(({ at, stage, by }) => `${at} ${stage?.id} ${by?.leverUserId}`)

    expect(lever?.stage.id).to.equal(opportunity?.stage)
    expect(lever?.archived ? Date.parse(lever.archived.archivedAt) : null).to.equal(opportunity?.archived?.archivedAt ?? null)
    const moves = (opportunity?.stageChanges ?? []).map(({ updatedAt, toStageId, userId }) => `${new Date(updatedAt).toISOString()} ${toStageId} ${userId}`) // prettier-ignore
    expect(stages.toSorted()).to.deep.equal(moves.toSorted())
  }
})
