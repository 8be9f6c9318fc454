import { Types } from 'mongoose'
import { ConnectionModel, type ConnectionDocument } from '../../src/connection/connection-model.ts'
import { ServiceError } from '../../src/errors.ts'
import { createLeverClient, type LeverClient } from '../../src/lever/client.ts'
import { createLog } from '../../src/log.ts'
import { createMirror, type Mirror } from '../../src/mirror/mirror.ts'
import { eventually } from '../support/eventually.ts'
import type { LeverForTests } from '../support/lever.ts'

export interface MirrorUnderTest {
  mirror: Mirror
  organization: string
  /** Users the connection was told of. */
  remembered: string[]
  connection: () => Promise<ConnectionDocument>
  /** Syncs in this process and resolves with the connection's `sync` at the end. */
  synced: () => Promise<ConnectionDocument['sync']>
  /** Another process on the same database. */
  another: () => Mirror
}

export interface MirrorSettings {
  apiKey?: string
  confidential?: boolean
  leaseMs?: number
}

/** A client without a budget, with the key given. */
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
    timeoutMs: 2000,
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
  const connectionOf = (id: string) => ConnectionModel.findOne({ organization: id }).orFail().lean<ConnectionDocument>()
  const connection = () => connectionOf(organization)
  const another = (): Mirror =>
    createMirror({
      leverClient: async (id) => {
        if ((await connectionOf(id)).status !== 'configuring') throw new ServiceError('connection_not_active', 'not connected')
        return clientOf(lever, settings.apiKey)
      },
      canSeeConfidential: async () => settings.confidential ?? false,
      rememberLeverUsers: async (_organization, ids) => void remembered.splice(0, remembered.length, ...ids),
      onAnonymized: async () => undefined,
      hashKeyOf: async () => Buffer.alloc(32, organization),
      emailKey: (email) => email.trim().toLowerCase(),
      linkKey: (link) => link.toLowerCase(),
      log: createLog({ level: 'silent' }),
      leaseMs: settings.leaseMs ?? 2000,
    })
  const mirror = another()

  async function synced(): Promise<ConnectionDocument['sync']> {
    mirror.startWorker()
    await mirror.sync(organization)
    await eventually('the sync ends', async () => (await connection()).sync.state !== 'running')
    return (await connection()).sync
  }
  return { mirror, organization, remembered, connection, synced, another }
}
