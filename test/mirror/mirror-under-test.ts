import { Types } from 'mongoose'
import { ConnectionModel, type ConnectionDocument } from '../../src/connection/connection-model.ts'
import { ServiceError } from '../../src/errors.ts'
import { createLeverClient, type LeverClient } from '../../src/lever/client.ts'
import { createLog } from '../../src/log.ts'
import { forgetOpportunity } from '../../src/mirror/forget.ts'
import { createMirror, type Mirror } from '../../src/mirror/mirror.ts'
import type { MirrorDeps } from '../../src/mirror/mirror-deps.ts'
import {
  OpportunitySyncModel,
  type OpportunityProgressFields,
  type OpportunitySyncDocument,
} from '../../src/mirror/opportunity-sync-model.ts'
import { SyncRunModel, type SyncProgressFields, type SyncRunDocument } from '../../src/mirror/sync-run-model.ts'
import { eventually } from '../support/eventually.ts'
import type { LeverForTests } from '../support/lever.ts'
import { publishTo } from '../support/domain-events.ts'

export interface MirrorUnderTest {
  mirror: Mirror
  organization: string
  /** Users the connection was told of. */
  remembered: string[]
  connection: () => Promise<ConnectionDocument>
  /** What the sync shows, and the reading of opportunities. */
  progress: () => Promise<SyncProgressFields>
  opportunityProgress: () => Promise<OpportunityProgressFields | null>
  /** Syncs in this process and resolves with what it shows at the end. */
  synced: () => Promise<SyncProgressFields>
  /** Another process on the same database. */
  another: () => Mirror
  /** What follows from what is read of opportunities: recorded, and answered as set. */
  effects: RecordedEffects
  /** Reads opportunities in this process: all at first, then what changed. Resolves with what that shows at the end. */
  readOpportunities: () => Promise<OpportunityProgressFields>
  /** From now on Lever is another account. */
  swap: (lever: LeverForTests) => void
}

export interface RecordedEffects extends Pick<MirrorDeps, 'publish' | 'concernsCandidate' | 'knownAmong' | 'hasExportBurst'> {
  ours: Set<string>
  read: string[]
  deleted: string[]
  burst: boolean
}

function recordEffects(): RecordedEffects {
  const effects: RecordedEffects = {
    ours: new Set(),
    read: [],
    deleted: [],
    burst: false,
    knownAmong: [async (_organization, ids) => ids.filter((id) => effects.ours.has(id))],
    concernsCandidate: async (_organization, id) => effects.ours.has(id),
    publish: publishTo({
      opportunityRead: async ({ opportunityId }) => void effects.read.push(opportunityId),
      async opportunityDeleted({ organization, opportunityId }) {
        effects.deleted.push(opportunityId)
        await forgetOpportunity(organization, opportunityId)
      },
    }),
    hasExportBurst: async () => effects.burst,
  }
  return effects
}

export interface MirrorSettings {
  apiKey?: string
  confidential?: boolean
  /** So long that nobody loses it unless told otherwise. */
  leaseMs?: number
}

/** A client without a budget, with the key given, that waits for as long as a test holds an answer. */
export function clientOf(lever: LeverForTests, apiKey: string = lever.apiKey): LeverClient {
  const header = `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`
  return createLeverClient({
    apiUrl: lever.apiUrl,
    credentials: { header: async () => header, renew: async () => header, fingerprint: async () => apiKey, scopes: async () => null },
    budget: {
      take: async () => undefined,
      pause: async () => undefined,
      describe: () => Promise.reject(new Error('not asked for here')),
    },
    timeoutMs: 30_000,
    backoffMs: 5,
    log: createLog({ level: 'silent' }),
  })
}

/** Gives an organization a connection that is being configured. */
export async function connect(organization: string): Promise<void> {
  await ConnectionModel.create({ organization, endpointKey: organization, status: 'configuring' })
}

/** A mirror of an organization whose connection is being configured; `connection_not_active` once that is disconnected. */
export async function mirrorOf(lever: LeverForTests, settings: MirrorSettings = {}): Promise<MirrorUnderTest> {
  const organization = new Types.ObjectId().toHexString()
  await connect(organization)
  const remembered: string[] = []
  let current = lever
  const connectionOf = (id: string) => ConnectionModel.findOne({ organization: id }).orFail().lean<ConnectionDocument>()
  const connection = () => connectionOf(organization)
  const effects = recordEffects()
  const another = (): Mirror =>
    createMirror({
      leverClient: async (id) => {
        if ((await connectionOf(id)).status !== 'configuring') throw new ServiceError('connection_not_active', 'not connected')
        return clientOf(current, settings.apiKey)
      },
      async openReading(id) {
        if ((await connectionOf(id)).status !== 'configuring') throw new ServiceError('connection_not_active', 'not connected')
        return { client: clientOf(current, settings.apiKey), confidential: settings.confidential ?? false }
      },
      rememberLeverUsers: async (_organization, ids) => void remembered.splice(0, remembered.length, ...ids),
      ...effects,
      hashKeyOf: async () => Buffer.alloc(32, organization),
      log: createLog({ level: 'silent' }),
      leaseMs: settings.leaseMs ?? 60_000,
    })
  const mirror = another()

  const progress = async () => (await SyncRunModel.findOne({ organization }).lean<SyncRunDocument>())?.progress ?? {}
  const opportunityProgress = async () =>
    (await OpportunitySyncModel.findOne({ organization }).lean<OpportunitySyncDocument>())?.progress ?? null

  async function synced(): Promise<SyncProgressFields> {
    mirror.startWorker()
    await mirror.sync(organization)
    await eventually('the sync ends', async () => (await progress()).state !== 'running')
    return progress()
  }
  async function readOpportunities() {
    mirror.startOpportunityWorker()
    await mirror.syncOpportunities(organization)
    return eventually('opportunities are read', async () => {
      const shown = await opportunityProgress()
      return shown?.state === 'running' ? null : shown
    }, 15_000) // prettier-ignore
  }
  return {
    mirror,
    organization,
    remembered,
    connection,
    progress,
    opportunityProgress,
    synced,
    another,
    effects,
    readOpportunities,
    swap: (other) => void (current = other),
  }
}
