import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { expect } from 'chai'
import mongoose, { Types } from 'mongoose'
import { freePort } from '../../scripts/free-port.ts'
import { ApiKeyModel } from '../../src/accounts/api-key-model.ts'
import { PersonModel } from '../../src/accounts/person-model.ts'
import { SessionModel } from '../../src/accounts/session-model.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { OrganizationDeletionModel } from '../../src/deletion/deletion-model.ts'
import { WITH_CONVERSATIONS } from '../conversations/conversation-world.ts'
import { eventually } from '../support/eventually.ts'
import { startServe, type ServeProcess } from '../support/serve.ts'
import { SOURCER, startService, type ServiceForTests } from '../support/service.ts'
import { changesBetween, snapshotOf } from '../web/hostile/snapshot.ts'
import { furnishTenant, type Tenant } from '../web/hostile/tenant.ts'

interface Receipt {
  id: string
  subject: string
  cause: string
  actor: string
  erasedAt: string
  removed: Record<string, number>
}

/** Everything that names its organization, also in models that a later version adds. */
const modelsOfOrganizations = () =>
  Object.values(mongoose.models).filter((model) => model !== OrganizationDeletionModel && model.schema.path('organization'))

/** Adds a document of the organization to each collection that has none. */
async function fillUp(organization: Types.ObjectId): Promise<void> {
  for (const { collection } of modelsOfOrganizations())
    if ((await collection.countDocuments({ organization })) === 0)
      await collection.insertOne({ organization, startHash: String(organization) })
}

/** The number of documents of the organization, by collection, files included. */
async function left(organization: Types.ObjectId): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { name } of (await mongoose.connection.db?.listCollections({ type: 'collection' }).toArray()) ?? []) {
    if (name === OrganizationDeletionModel.collection.name) continue
    const own = { $or: [{ organization }, { 'metadata.organization': organization }, { _id: organization as never }] }
    const count = (await mongoose.connection.db?.collection(name).countDocuments(own)) ?? 0
    if (count > 0) counts[name] = count
  }
  return counts
}

const receipts = async ({ operator }: ServiceForTests): Promise<Receipt[]> =>
  (await operator.get<{ data: Receipt[] }>('erasures?limit=100')).body.data

const receiptOf = (service: ServiceForTests, id: string): Promise<Receipt> =>
  eventually(
    'the receipt is there',
    async () => (await receipts(service)).find(({ subject }) => subject === `organization:${id}`) ?? null,
    60_000,
  )

describe('deleting an organization', function () {
  this.timeout(120_000)

  describe('that has one of everything', () => {
    let service: ServiceForTests
    let ours: Tenant
    let theirs: { id: string }

    before(async () => {
      service = await startService({ LEVER_REQUESTS_PER_SECOND: '1000', LEVER_BURST: '1000' })
      await service.lever.settings({ rateLimit: { enabled: false } })
      ours = await furnishTenant(service, 'ours', 'chidi@acme.example')
      theirs = await service.connected(WITH_CONVERSATIONS)
    })
    after(() => service.stop())

    /** The webhooks that we created in Lever. An admin removes the others. */
    const webhooksOf = async ({ webhookUrl }: Tenant) =>
      (await service.lever.webhooks()).filter(({ url, madeBy }) => url === webhookUrl && madeBy !== 'ui')

    const personIn = async (organization: string) => (await PersonModel.findOne({ organization, email: SOURCER }).orFail().lean())._id

    it('ends every access at once, deletes every document, and leaves a receipt', async () => {
      const organization = new Types.ObjectId(ours.id)
      await fillUp(organization)
      const { body: link } = await ours.api.post<{ url: string }>('sign-in-links', { userEmail: ours.person })
      const reach = [await personIn(ours.id), await personIn(theirs.id)]
      const { insertedId } = await SessionModel.collection.insertOne({
        organization: new Types.ObjectId(theirs.id),
        person: reach[1],
        reach,
      })
      const before = await snapshotOf(theirs.id)
      const reaching = `sessions/${String(insertedId)}`
      await ours.api.post('connection/webhooks/provision')
      expect(await webhooksOf(ours)).not.to.have.length(0)
      const counted = await left(organization)

      const deleted = await service.operator.delete<{ erasureId: string }>(`organizations/${ours.id}`)

      expect(deleted.status).to.equal(202)
      expect((await ours.api.get('candidates')).status).to.equal(401)
      expect((await fetch(`${service.url}/candidates`, { headers: { cookie: ours.admin.cookie }, redirect: 'manual' })).status).to.equal(
        303,
      )
      expect((await fetch(link.url, { redirect: 'manual' })).status).to.equal(400)
      expect((await service.operator.get(`organizations/${ours.id}`)).status).to.equal(404)
      expect((await service.operator.delete(`organizations/${ours.id}`)).status).to.equal(404)
      const { body: listed } = await service.operator.get<{ data: { id: string }[] }>('organizations')
      expect(listed.data.map(({ id }) => id)).not.to.include(ours.id)

      const receipt = await receiptOf(service, ours.id)
      expect(receipt).to.include({ id: deleted.body.erasureId, cause: 'organization_deleted', actor: 'operator' })
      expect(await left(organization)).to.deep.equal({})
      expect(receipt.removed).to.include({
        candidates: counted['candidates'],
        exports: counted['exports'],
        organizations: 1,
        users: counted['users'],
      })
      expect(receipt.removed['resumes']).to.equal(1)
      expect(await webhooksOf(ours)).to.deep.equal([])
      expect(changesBetween(before, await snapshotOf(theirs.id))).to.deep.equal([reaching])
      expect((await SessionModel.findById(insertedId).lean())?.reach).to.deep.equal([reach[1]])
    })

    it('deletes what a request that was under way has written since', async () => {
      const { id } = await service.organization()
      const organization = new Types.ObjectId(id)
      await service.operator.delete(`organizations/${id}`)
      expect((await receiptOf(service, id)).removed).not.to.have.property('candidates')

      await mongoose.connection.collection('candidates').insertOne({ organization })
      await OrganizationDeletionModel.updateOne({ organization }, { dueAt: new Date(0) })

      await eventually('it is deleted', async () => (await receiptOf(service, id)).removed['candidates'] === 1)
      expect(await left(organization)).to.deep.equal({})
    })

    it('ends also the access that a request under way creates', async () => {
      const { id, apiKey } = await service.organization()
      const late = request(`${service.url}/api/v1/api-keys`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      })
      late.write('{"name":')
      await eventually(
        'its caller is identified',
        async () => (await ApiKeyModel.exists({ organization: id, lastUsedAt: { $ne: null } })) !== null,
      )
      await service.operator.delete(`organizations/${id}`)
      await receiptOf(service, id)

      const answered = once(late, 'response') as Promise<[IncomingMessage]>
      late.end('"late"}')
      const [answer] = await answered
      const { apiKey: made = '' } = (await json(answer)) as { apiKey?: string }

      expect((await service.api(made).get('candidates')).status).to.equal(401)
    })

    it('removes our webhooks in Lever, although a process was killed while it ended the connection', async () => {
      const { id, api } = await service.connected()
      await api.post('connection/webhooks/provision')
      const { body } = await api.get<{ webhookUrl: string }>('connection')
      const created = async () => (await service.lever.webhooks()).filter(({ url }) => url === body.webhookUrl)
      expect(await created()).not.to.have.length(0)
      await ConnectionModel.updateOne({ organization: id }, { $set: { status: 'disconnected' }, $unset: { webhooks: 1 } })

      await service.operator.delete(`organizations/${id}`)

      await receiptOf(service, id)
      expect(await created()).to.deep.equal([])
    })

    it('answers 404 for one that does not exist', async () => {
      for (const id of ['a'.repeat(24), 'nobody']) expect((await service.operator.delete(`organizations/${id}`)).status).to.equal(404)
    })

    it('shows receipts of organizations to the operator only', async () => {
      const other = await service.organization()

      expect((await other.api.get<{ data: unknown[] }>('erasures')).body.data).to.deep.equal([])
    })
  })

  it('goes on after a kill, and counts each document once', async () => {
    const service = await startService({ ROLES: 'web' })
    const workers: ServeProcess[] = []
    const startWorker = async (): Promise<ServeProcess> => {
      const worker = await startServe({ ...service.env, ROLES: 'worker', PORT: String(await freePort()) })
      workers.push(worker)
      return worker
    }
    try {
      const { id, api } = await service.organization()
      await api.get('connection') // creates it
      const organization = new Types.ObjectId(id)
      await fillUp(organization)
      const many = () => Array.from({ length: 3000 }, (_, at) => ({ organization, leverId: `o-${at}` }))
      for (const name of ['exports', 'candidates', 'lever_opportunities']) await mongoose.connection.collection(name).insertMany(many())
      const counted = await left(organization)
      const first = await startWorker()
      expect((await service.operator.delete(`organizations/${id}`)).status).to.equal(202)
      await eventually('some exports are deleted', async () => {
        const { removed = [] } = (await OrganizationDeletionModel.findOne({ organization }).lean()) ?? {}
        return removed.some(({ from, documents }) => from === 'exports' && documents > 0)
      }, 60_000) // prettier-ignore

      await first.end('SIGKILL')
      const half = await left(organization)
      expect(half['organizations']).to.equal(1)
      await startWorker()

      const { removed } = await receiptOf(service, id)
      expect(await left(organization)).to.deep.equal({})
      expect(removed).to.include({ exports: counted['exports'], candidates: counted['candidates'], organizations: 1 })
    } finally {
      await Promise.all(workers.map((worker) => worker.end('SIGKILL')))
      await service.stop()
    }
  })

  it("is refused without the operator's key", async () => {
    const service = await startService()
    try {
      const { id, api } = await service.organization()

      expect((await api.delete(`organizations/${id}`)).status).to.equal(403)
      expect((await fetch(`${service.url}/api/v1/organizations/${id}`, { method: 'DELETE' })).status).to.equal(401)
      expect((await service.operator.get(`organizations/${id}`)).status).to.equal(200)
    } finally {
      await service.stop()
    }
  })
})
