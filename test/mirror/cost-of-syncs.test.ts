import { expect } from 'chai'
import { MongoClient, ObjectId } from 'mongodb'
import { KEY_VERSION } from '../../src/people/person-keys.ts'
import { logCommands, type CommandLog, type LoggedCommand } from '../support/command-log.ts'
import { eventually } from '../support/eventually.ts'
import { LEVER_ADMIN, type LeverRequest } from '../support/lever.ts'
import { emptyMongoUri } from '../support/mongo.ts'
import { QUICK_TIMES } from '../support/quick-times.ts'
import { startService, type ServiceForTests } from '../support/service.ts'

const ORGANIZATIONS = 12
/** The commands that all organizations share: they are claimed in groups, and their grants are read together. */
const SHARED = 8
const ELEVEN_MINUTES_MS = 11 * 60_000
const TRIES = 3

describe('organizations in which nothing happened', () => {
  let service: ServiceForTests
  let observer: MongoClient
  let log: CommandLog
  let organizations: ObjectId[]

  before(async function () {
    this.timeout(60_000)
    const mongodbUri = emptyMongoUri()
    service = await startService({ ...QUICK_TIMES, LEASE_MS: '60000', JOB_POLL_MS: '600000', MONGODB_URI: mongodbUri })
    await service.lever.settings({ rateLimit: { enabled: false } })
    observer = await MongoClient.connect(mongodbUri)
    organizations = await Promise.all(Array.from({ length: ORGANIZATIONS }, connect))
    await eventually('all are synced', async () => (await runs('lever_syncs').countDocuments({ 'progress.state': 'idle' })) === ORGANIZATIONS) // prettier-ignore
    await runs('lever_opportunity_syncs').insertMany(organizations.map(swept))
    log = logCommands()
  })
  after(async () => {
    log.stop()
    await observer.close()
    await service.stop()
  })

  const runs = (name: string) => observer.db().collection(name)

  async function connect(): Promise<ObjectId> {
    const { id, api } = await service.organization()
    const answer = await api.put('connection/api-key', { apiKey: await service.lever.newApiKey(), userEmail: LEVER_ADMIN })
    expect(answer.status).to.equal(200)
    return new ObjectId(id)
  }

  /** As after reading all opportunities; due in an hour. */
  function swept(organization: ObjectId) {
    const at = new Date(Date.now() - ELEVEN_MINUTES_MS)
    const full = { startedAt: at, finishedAt: at, confidential: true, keyVersion: KEY_VERSION }
    const work = {
      status: 'scheduled',
      lane: 2,
      dueAt: new Date(Date.now() + 3_600_000),
      fence: 0,
      leaseUntil: null,
      claim: null,
      requests: 0,
      failures: 0,
    }
    return { organization, ...work, full, hashesRestored: 0, progress: { state: 'idle' } }
  }

  /** Makes the runs due at the same moment; resolves to their commands and calls, once all have ended. */
  async function costOf(name: string, fields: object): Promise<{ commands: readonly LoggedCommand[]; calls: LeverRequest[] }> {
    await log.quiet()
    log.clear()
    await service.lever.clearRequests()
    await observer.withSession((session) =>
      session.withTransaction(() => runs(name).updateMany({}, { $set: { ...fields, dueAt: new Date(0) } }, { session })),
    )
    await eventually('all have ended', async () => (await runs(name).countDocuments({ dueAt: { $gt: new Date() } })) === ORGANIZATIONS)
    await log.quiet()
    return { commands: log.commands, calls: await service.lever.requests() }
  }

  /** Of several tries, the one with the fewest commands: a job may run during any of them. */
  async function leastCostOf(name: string, fields: object) {
    let least = await costOf(name, fields)
    for (let nth = 1; nth < TRIES; nth += 1) {
      const cost = await costOf(name, fields)
      if (cost.commands.length < least.commands.length) least = cost
    }
    return least
  }

  const isOf = (collection: string) => (command: LoggedCommand) => command.collection === collection

  it('are swept with one call to Lever and two commands each', async () => {
    const at = new Date(Date.now() - ELEVEN_MINUTES_MS)

    const { commands, calls } = await leastCostOf('lever_opportunity_syncs', { sweptAt: at, thoroughAt: at, deletionsReadAt: at })

    expect(calls.map(({ path }) => path)).to.deep.equal(Array.from({ length: ORGANIZATIONS }, () => '/opportunities'))
    expect(commands.filter(isOf('lever_budgets'))).to.have.length(ORGANIZATIONS)
    expect(commands.length).to.be.at.most(2 * ORGANIZATIONS + SHARED)
  })

  it('have deletions read every half hour', async () => {
    const at = new Date(Date.now() - ELEVEN_MINUTES_MS)
    const deletionsReadAt = new Date(Date.now() - 31 * 60_000)

    const { calls } = await costOf('lever_opportunity_syncs', { sweptAt: at, thoroughAt: at, deletionsReadAt })

    const deletions = calls.filter(({ path }) => path === '/opportunities/deleted')
    expect(deletions).to.have.length(ORGANIZATIONS)
    for (const { query } of deletions) expect(deletionsReadAt.getTime() - Number(query['deleted_at_start'])).to.equal(300_000)
  })

  it('are synced with a call, a turn of the budget and a read for each resource, and one write', async () => {
    const { commands, calls } = await leastCostOf('lever_syncs', { allDueAt: new Date(0) })

    expect(calls).to.have.length(5 * ORGANIZATIONS)
    expect(commands.filter(({ isWrite, collection }) => isWrite && collection !== 'lever_budgets').length).to.be.at.most(ORGANIZATIONS + SHARED) // prettier-ignore
    expect(commands.length).to.be.at.most(11 * ORGANIZATIONS + SHARED)
  })
})
