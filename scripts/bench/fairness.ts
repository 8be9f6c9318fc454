import { setTimeout as sleep } from 'node:timers/promises'
import { got } from 'got'
import mongoose, { Types } from 'mongoose'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { DeliveryModel } from '../../src/webhooks/delivery-model.ts'
import { until } from '../tour/calls.ts'
import type { Benchmark, ResultTable } from './benchmark.ts'
import { activate, connectOrganization, SOURCER, type Organization } from './connected-organization.ts'
import { seedConversations } from './conversations-seed.ts'
import { seedCandidates } from './exports-seed.ts'
import { environmentFor, type Ground, type LeverProcess } from './ground.ts'
import { exportNowAndThen } from './interactive-exports.ts'
import { deliveryOf, type IncomingBody } from './intake-documents.ts'
import { median } from './quantiles.ts'
import { signedBody } from './webhook-bodies.ts'

const BACKLOG = { deliveries: 1000, notes: 300, exports: 2000 }
const SAMPLES = 9
const QUICK = { ofBacklog: 1 / 10, samples: 3 }
const LATENCY_MS = 300
const EVERY_MS = 1500
const LOOK_EVERY_MS = 10
const LIMIT_MS = 300_000
const SIGNATURE_TOKEN = 'signature-token-of-the-benchmark'
const GOAL_TIMES = 2
const GOAL_EXTRA_MS = 100

/** Measures how much longer an organization's webhooks and exports take while another organization has a backlog of everything. */
export const fairness: Benchmark = {
  name: 'fairness',
  title: "One organization's webhooks and exports beside another's backlog",
  async run(ground, { quick, say }) {
    const share = quick ? QUICK.ofBacklog : 1
    const samples = quick ? QUICK.samples : SAMPLES
    const site = await startSite(ground)
    say('an organization alone')
    const alone = await measure(site, samples)
    const backlog = { deliveries: BACKLOG.deliveries * share, notes: BACKLOG.notes * share, exports: BACKLOG.exports * share }
    say(`beside ${backlog.deliveries} deliveries, ${backlog.notes} notes and a bulk export of ${backlog.exports}`)
    await burden(site, backlog)
    const beside = await measure(site, samples)
    const left = await backlogLeft(site)
    if (left === 0) throw new Error('The backlog ended before the measurement did.')
    await ground.clear()
    const ratio = (what: keyof Times): number => median(beside[what]) / (GOAL_TIMES * median(alone[what]) + GOAL_EXTRA_MS)
    return {
      tables: [table(alone, beside, left)],
      goals: [
        { what: `a webhook, against ${GOAL_TIMES} × its time alone + ${GOAL_EXTRA_MS} ms`, measured: ratio('webhooks'), atMost: 1 },
        { what: `an export, against ${GOAL_TIMES} × its time alone + ${GOAL_EXTRA_MS} ms`, measured: ratio('exports'), atMost: 1 },
      ],
    }
  },
}

interface Site {
  databaseUri: string
  lever: LeverProcess
  /** The measured organization, and the one with the backlog. Each has its own credential, and so its own request budget. */
  quiet: Organization
  busy: Organization
  webhookUrl: string
  opportunityIds: string[]
}

async function startSite(ground: Ground): Promise<Site> {
  const databaseUri = await ground.databaseUri('fairness')
  const lever = await ground.startLever()
  await lever.control.send('PATCH', 'settings', { latencyMs: LATENCY_MS })
  const service = await ground.startService(await environmentFor(databaseUri, lever))
  const { key } = await lever.control.send<{ key: string }>('POST', 'api-keys', {})
  const [quiet, busy] = [await connectOrganization(service, lever), await connectOrganization(service, { ...lever, apiKey: key })]
  for (const one of [quiet, busy]) await activate(one)
  await quiet.api.send('PUT', 'connection/webhooks/candidateStageChange', { signatureToken: SIGNATURE_TOKEN })
  const { webhookUrl } = await quiet.api.get<{ webhookUrl: string }>('connection')
  const { data } = await lever.control.get<{ data: { id: string; confidentiality: string }[] }>('opportunities')
  const opportunityIds = data.flatMap(({ id, confidentiality }) => (confidentiality === 'confidential' ? [] : [id]))
  return { databaseUri, lever, quiet, busy, webhookUrl, opportunityIds }
}

/** In ms: from the webhook's arrival until it is processed, from the click until the creation reaches Lever. */
interface Times {
  webhooks: number[]
  exports: number[]
}

async function measure(site: Site, samples: number): Promise<Times> {
  const webhooks: number[] = []
  for (let index = 0; index < samples; index += 1) webhooks.push(await sendWebhook(site, index))
  const exported = await exportNowAndThen(site.quiet, site.lever, { count: samples, everyMs: EVERY_MS })
  return { webhooks, exports: exported.map(({ askedAt, sentAt }) => sentAt - askedAt) }
}

async function sendWebhook({ databaseUri, webhookUrl, opportunityIds }: Site, index: number): Promise<number> {
  const body = signedBody(SIGNATURE_TOKEN, opportunityIds[index])
  const { token } = JSON.parse(body) as IncomingBody
  const connection = await mongoose.createConnection(databaseUri).asPromise()
  const deliveries = connection.collection(DeliveryModel.collection.name)
  const startedAt = performance.now()
  await got.post(webhookUrl, { body, headers: { 'content-type': 'application/json' }, retry: { limit: 0 } })
  await until('the webhook is processed', async () => {
    await sleep(LOOK_EVERY_MS)
    return deliveries.findOne({ token, status: { $in: ['processed', 'ignored', 'failed'] } })
  }, LIMIT_MS) // prettier-ignore
  const tookMs = performance.now() - startedAt
  await connection.close()
  await sleep(EVERY_MS / 3)
  return tookMs
}

async function burden(site: Site, backlog: typeof BACKLOG): Promise<void> {
  const { databaseUri, busy, opportunityIds } = site
  const candidateIds = await seedCandidates(databaseUri, busy.id, backlog.exports)
  await seedConversations(databaseUri, busy, repeated(opportunityIds, backlog.notes), { from: new Date(), overMs: 0 })
  await busy.api.send('POST', 'exports/bulk', { candidateIds, requestedBy: SOURCER })
  const connection = await mongoose.createConnection(databaseUri).asPromise()
  const organization = new Types.ObjectId(busy.id)
  const { _id } = (await connection.collection(ConnectionModel.collection.name).findOne({ organization })) ?? {}
  const bodies = repeated(opportunityIds, backlog.deliveries).map((id) => signedBody(SIGNATURE_TOKEN, id))
  const documents = bodies.map((body) => ({ ...deliveryOf(JSON.parse(body) as IncomingBody, body), organization, connection: _id }))
  await connection.collection(DeliveryModel.collection.name).insertMany(documents)
  await connection.close()
}

async function backlogLeft({ databaseUri, busy }: Site): Promise<number> {
  const connection = await mongoose.createConnection(databaseUri).asPromise()
  const organization = new Types.ObjectId(busy.id)
  const left = await connection.collection(DeliveryModel.collection.name).countDocuments({ organization, status: 'received' })
  await connection.close()
  return left
}

function repeated(ids: readonly string[], many: number): string[] {
  return Array.from({ length: many }, (_, index) => ids[index % ids.length] ?? '')
}

function table(alone: Times, beside: Times, left: number): ResultTable {
  const row = (what: string, read: (times: Times) => readonly number[]) => {
    const [a, b] = [read(alone), read(beside)]
    return [what, median(a), Math.max(...a), median(b), Math.max(...b), median(b) / median(a)]
  }
  return {
    title: `In ms, Lever ${LATENCY_MS} ms away; ${left} deliveries were still waiting at the end`,
    head: ['', 'Alone', 'Longest', 'Beside the backlog', 'Longest', 'Ratio'],
    rows: [
      row('webhook: until it is processed', ({ webhooks }) => webhooks),
      row('export: until its creation reaches Lever', ({ exports }) => exports),
    ],
  }
}
