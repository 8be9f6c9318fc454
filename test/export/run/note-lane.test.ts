import { expect } from 'chai'
import { Types } from 'mongoose'
import { ServiceError } from '../../../src/errors.ts'
import { BULK_LANE, ExportModel, type ExportDocument } from '../../../src/export/export-model.ts'
import type { ExportDeps } from '../../../src/export/run/run-export-deps.ts'
import { writeNote } from '../../../src/export/run/write-note.ts'
import type { Lane } from '../../../src/lever/client.ts'
import { createLog } from '../../../src/log.ts'
import { claimWork } from '../../../src/work/claim.ts'
import { DUE_NOW } from '../../../src/work/work-fields.ts'
import { connectEmptyDatabase, leaveDatabase } from '../../support/mongo.ts'

const LEASE_MS = 60_000

describe('the note of an export', () => {
  before(connectEmptyDatabase)
  after(leaveDatabase)

  async function laneOfNote(lane: number): Promise<Lane | undefined> {
    const landed = {
      organization: new Types.ObjectId(),
      candidate: new Types.ObjectId(),
      status: 'exported' as const,
      lane,
      opportunityId: 'o-1',
    }
    const note = { text: 'Hello', status: 'queued' as const }
    await ExportModel.create({ ...landed, note, requestedBy: 'bo@a.example', onDuplicate: 'stop', dueAt: DUE_NOW })
    const [claimed] = await claimWork<ExportDocument>(ExportModel, {
      statuses: ['exported'],
      match: { lane, organization: landed.organization },
      atMost: 1,
      leaseMs: LEASE_MS,
    })
    if (!claimed) throw new Error('nothing was claimed')
    let asked: Lane | undefined
    const openClient = (inLane: Lane): never => {
      asked = inLane
      throw new ServiceError('lever_unavailable', 'Lever is down')
    }
    const deps = { readTerms: async () => ({ status: 'active', openClient }), assess: { resolvePerformAs: async () => ({}) } }
    const times = { leaseMs: LEASE_MS, settleMs: 0, timeoutMs: 0, log: createLog({ level: 'silent' }) }
    await writeNote(claimed, { ...deps, ...times } as unknown as ExportDeps)
    return asked
  }

  it('uses the lane of its export: bulk for exports of a bulk or a rule, otherwise interactive', async () => {
    expect([await laneOfNote(0), await laneOfNote(BULK_LANE)]).to.deep.equal(['interactive', 'bulk'])
  })
})
