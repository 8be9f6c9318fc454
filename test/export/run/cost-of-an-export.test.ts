import { expect } from 'chai'
import { MongoClient, ObjectId } from 'mongodb'
import { logCommands, type CommandLog, type LoggedCommand } from '../../support/command-log.ts'
import { eventually } from '../../support/eventually.ts'
import { emptyMongoUri } from '../../support/mongo.ts'
import { QUICK_TIMES } from '../../support/quick-times.ts'
import { newPerson, SOURCER, startService, type Api, type ServiceForTests } from '../../support/service.ts'

const EXPORTS = 6
const BULK = 60

describe('one export, from request to completion,', () => {
  let service: ServiceForTests
  let api: Api
  let observer: MongoClient
  let log: CommandLog

  before(async function () {
    this.timeout(60_000)
    const mongodbUri = emptyMongoUri()
    service = await startService({
      ...QUICK_TIMES,
      JOB_POLL_MS: '600000',
      LEVER_REQUESTS_PER_SECOND: '1000',
      MONGODB_URI: mongodbUri,
    })
    await service.lever.settings({ rateLimit: { enabled: false } })
    api = (await service.connected()).api
    observer = await MongoClient.connect(mongodbUri)
    log = logCommands()
  })
  after(async () => {
    log.stop()
    await observer.close()
    await service.stop()
  })

  /** Exports a new candidate; the commands that this takes, once the worker has come to rest. */
  async function commandsOfOne(): Promise<readonly LoggedCommand[]> {
    const { id: candidateId } = (await api.post<{ id: string }>('candidates', newPerson())).body
    await log.quiet()
    log.clear()
    const { id } = (await api.post<{ id: string }>('exports', { requestedBy: SOURCER, candidateId })).body
    await eventually('the export ends', async () => {
      const found = await observer.db().collection('exports').findOne({ _id: new ObjectId(id) })
      return found?.['status'] === 'exported'
    }) // prettier-ignore
    await log.quiet()
    return log.commands
  }

  /** Exports so many new candidates in one request; the commands that this takes. */
  async function commandsOfBulk(): Promise<readonly LoggedCommand[]> {
    const made = Array.from({ length: BULK }, () => api.post<{ id: string }>('candidates', newPerson()))
    const candidateIds = (await Promise.all(made)).map(({ body }) => body.id)
    await log.quiet()
    log.clear()
    const { batchId } = (await api.post<{ batchId: string }>('exports/bulk', { requestedBy: SOURCER, candidateIds })).body
    await eventually('the bulk ends', async () => {
      const ended = { batch: new ObjectId(batchId), status: 'exported' }
      return (await observer.db().collection('exports').countDocuments(ended)) === BULK
    })
    await log.quiet()
    return log.commands
  }

  it('stays within its limit of database commands', async () => {
    let least: readonly LoggedCommand[] = []
    // the first ones read what the process keeps, and a lease may run out during any of them
    for (let nth = 0; nth < EXPORTS; nth += 1) {
      const commands = await commandsOfOne()
      if (nth === 0 || commands.length < least.length) least = commands
    }

    const writes = least.filter(({ isWrite }) => isWrite)
    const cost = {
      commands: least.length,
      reads: least.length - writes.length,
      writes: writes.length,
      majority: writes.filter(({ isMajority }) => isMajority).length,
      ofConnections: least.filter(({ collection }) => collection === 'connections').length,
    }
    const most = { commands: 33, reads: 17, writes: 16, majority: 7, ofConnections: 3 }
    for (const [what, count] of Object.entries(cost)) expect(count, what).to.be.at.most(most[what as keyof typeof most])
  })
  it('shares commands with the other exports of a bulk', async () => {
    const commands = await commandsOfBulk()

    const each = (some: readonly LoggedCommand[]): number => some.length / BULK
    expect(each(commands), 'commands').to.be.at.most(14)
    expect(each(commands.filter(({ isMajority }) => isMajority)), 'majority').to.be.at.most(4)
    expect(each(commands.filter(({ collection }) => collection === 'connections')), 'of the connection').to.be.at.most(1)
  })

  // a primary that fails loses what the majority does not have, also if the next write succeeds on the new primary
  it('does not end before the mirror and the candidate durably have its opportunity', async () => {
    const writes = (await commandsOfOne()).filter(({ isWrite }) => isWrite)

    const landing = writes.slice(writes.findLastIndex(({ collection }) => collection === 'lever_opportunities'))
    const waits = landing.map(({ collection, isMajority }) => [collection, isMajority])
    expect(waits).to.deep.include.members([
      ['lever_opportunities', true],
      ['candidates', true],
      ['audit_events', true],
      ['exports', true],
    ])
  })
})
