import { expect } from 'chai'
import mongoose, { Types } from 'mongoose'
import { z } from 'zod'
import { dateRefreshes } from '../../src/connection/refresh.ts'
import { stepContext } from '../support/step-context.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { walkConnections } from '../../src/connection/find-connection.ts'
import { findUnscheduled, noteScheduled } from '../../src/connection/unscheduled.ts'
import { leverPath } from '../../src/lever/lever-path.ts'
import { rejection } from '../support/rejection.ts'
import { ACTOR } from './build-connections.ts'
import { ageAccessToken, startConnectionWorld, type ConnectionWorld } from './connection-world.ts'

describe('connection/recurring work', () => {
  let world: ConnectionWorld
  let organization: string

  before(async () => {
    world = await startConnectionWorld()
  })
  after(() => world.stop())
  beforeEach(async () => {
    await ConnectionModel.deleteMany({})
    organization = await world.newOrganization()
    await world.authorize({ organization })
  })

  const marked = async () => (await findUnscheduled(10)).map((one) => String(one.organization))
  const noteAll = async () => {
    for (const one of await findUnscheduled(10)) await noteScheduled(one)
  }
  const stored = () => ConnectionModel.findOne({ organization }).orFail()

  it('is marked for scheduling by an authorization and by an activation, until it is scheduled', async () => {
    expect(await marked()).to.deep.equal([organization])
    await noteAll()
    expect(await marked()).to.deep.equal([])

    world.neighbourhood.mapping = { mapped: 1, active: 1 }
    await world.connections.activate(organization, ACTOR)

    expect(await marked()).to.deep.equal([organization])
  })

  it('stays marked if it was authorized again while it was being scheduled', async () => {
    const [before] = await findUnscheduled(10)
    await world.authorize({ organization })

    await noteScheduled(before!)

    expect(await marked()).to.deep.equal([organization])
  })

  it('is not marked by a refresh of its token', async () => {
    await noteAll()
    await ageAccessToken(organization, 0.9)

    await world.connections.refreshDue()

    expect((await stored()).grant?.generation).to.equal(2)
    expect(await marked()).to.deep.equal([])
  })

  it('is walked through around and around, each connection once in each round', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, () => ConnectionModel.create({ organization: new Types.ObjectId(), endpointKey: String(new Types.ObjectId()) }))) // prettier-ignore

    const next = walkConnections(3)
    const walked = [...(await next()), ...(await next()), ...(await next()), ...(await next())].map((one) => String(one.organization))
    const whole = await walkConnections(10)()

    const all = [organization, ...others.map((one) => String(one.organization))].toSorted((a, b) => a.localeCompare(b))
    expect([walked.length, whole.length]).to.deep.equal([12, 5])
    expect(walked.slice(5, 10)).to.deep.equal(walked.slice(0, 5))
    expect(walked.slice(0, 5).toSorted((a, b) => a.localeCompare(b))).to.deep.equal(all)
  })

  it('begins its walks at random connections', async () => {
    await Promise.all(Array.from({ length: 9 }, () => ConnectionModel.create({ organization: new Types.ObjectId(), endpointKey: String(new Types.ObjectId()) }))) // prettier-ignore

    const firsts = await Promise.all(Array.from({ length: 60 }, async () => String((await walkConnections(1)())[0]?._id)))

    expect(new Set(firsts).size).to.be.above(1)
  })

  it('walks through no connections where there are none', async () => {
    await ConnectionModel.deleteMany({})

    expect(await walkConnections(3)()).to.deep.equal([])
  })

  it('refreshes tokens that a version without the time of the refresh stored', async () => {
    await ageAccessToken(organization, 0.9)
    await ConnectionModel.updateOne({ organization }, { $unset: { 'grant.refreshAt': 1 } })
    await world.connections.refreshDue()
    expect((await stored()).grant?.generation).to.equal(1)

    await dateRefreshes(stepContext())
    await world.connections.refreshDue()

    expect((await stored()).grant?.generation).to.equal(2)
  })

  describe('a client for syncs and sweeps', () => {
    const read = async ({ client }: Awaited<ReturnType<ConnectionWorld['connections']['openReading']>>) =>
      client.get(leverPath`/users`, { query: { limit: 1 }, schema: z.unknown() })

    it('reads the grants of organizations that ask at the same time with one command, and no grant again for each call', async () => {
      const other = await world.newOrganization()
      await world.authorize({ organization: other })
      const reads: string[] = []
      mongoose.set('debug', (collection, method) => {
        if (collection === 'connections') reads.push(method)
      })

      const clients = await Promise.all([organization, other].map((one) => world.connections.openReading(one)))
      for (const one of clients) await read(one)
      await read(clients[0]!)

      mongoose.set('debug', false)
      expect(reads).to.deep.equal(['aggregate'])
    })

    it('continues with a new authorization when Lever refuses the previous one', async () => {
      const opened = await world.connections.openReading(organization)
      await read(opened)
      await world.lever.expireTokens()
      await world.authorize({ organization })

      await read(opened)

      expect((await stored()).status).to.equal('configuring')
    })

    it('is refused without a grant', async () => {
      await ConnectionModel.updateOne({ organization }, { status: 'revoked' })

      expect(await rejection(world.connections.openReading(organization))).to.include({ code: 'connection_not_active' })
      expect(await rejection(world.connections.openReading(String(new Types.ObjectId())))).to.include({ code: 'connection_not_active' })
    })
  })
})
