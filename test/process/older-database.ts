/** Documents and indexes as processes left them before there was a version of the schema. */
import { ObjectId, type Db } from 'mongodb'

const DAY_MS = 24 * 3_600_000
export const SYNCED_AT = new Date('2026-03-01T09:00:00Z')

/** Documents that no step can change: a connection and a delivery. */
export const DAMAGED = 2

/** The endpoint key of the connection that each step changes last. */
export const LAST_ENDPOINT = 'key-of-the-last-endpoint'

export interface OlderDatabase {
  organization: ObjectId
  /** By collection. */
  counts: Record<string, number>
}

export async function writeOlderDatabase(db: Db): Promise<OlderDatabase> {
  const [organization, connection] = [new ObjectId(), new ObjectId()]
  const receivedAt = new Date(Date.now() - DAY_MS)
  const payload = JSON.stringify({ event: 'candidateHired', token: 'first', triggeredAt: +receivedAt, signature: 'a'.repeat(64), data: {} })
  const documents: Record<string, object[]> = {
    connections: [
      {
        _id: connection,
        organization,
        endpointKey: 'key-of-the-endpoint',
        status: 'disconnected',
        settings: { webhookSet: 'communication', eraseWhenDeletedInLever: true, sourceName: 'kept' },
        sync: { state: 'idle', startedAt: SYNCED_AT, finishedAt: SYNCED_AT, resources: { postings: 3 } },
      },
      { organization: new ObjectId(), endpointKey: 'damaged', status: 'disconnected', settings: 'not an object' },
      { organization: new ObjectId(), endpointKey: LAST_ENDPOINT, status: 'disconnected', settings: { webhookSet: 'export' } },
    ],
    lever_syncs: [{ organization, status: 'resting', lane: 0, fence: 0, dueAt: new Date('9999-01-01') }],
    lever_opportunities: [{ organization, leverId: 'secret', confidentiality: 'confidential' }],
    candidates: Array.from({ length: 300 }, (_, at) => ({
      organization,
      name: `Person ${at}`,
      emails: [`person-${at}@mail.example`],
      links: [],
      revision: 1,
      lever: { opportunityId: at === 0 ? 'secret' : `open-${at}` },
    })),
    exports: Array.from({ length: 300 }, (_, at) => ({
      organization,
      status: 'exported',
      opportunityId: at === 0 ? 'secret' : `open-${at}`,
    })),
    deliveries: [
      { organization, connection, event: 'candidateHired', token: 'first', status: 'processed', receivedAt, payload },
      { organization, connection, event: 'candidateHired', token: 'damaged', status: 'processed', receivedAt, payload: '{ not JSON' },
    ],
  }
  for (const [collection, written] of Object.entries(documents)) await db.collection(collection).insertMany(written)
  await buildOlderIndexes(db)
  return { organization, counts: Object.fromEntries(Object.entries(documents).map(([name, written]) => [name, written.length])) }
}

/** Three of them have the name of an index of this version and another definition. */
async function buildOlderIndexes(db: Db): Promise<void> {
  const hasSignature = { partialFilterExpression: { signatureKey: { $exists: true } } }
  await db.collection('deliveries').createIndexes([
    { name: 'signatures', key: { connection: 1, signatureKey: 1 }, unique: true, ...hasSignature },
    { name: 'acceptedSignatures', key: { connection: 1, event: 1, signatureKey: 1 }, unique: true, ...hasSignature },
    { name: 'failed', key: { organization: 1, status: 1 } },
    { name: 'status_1_lane_1_dueAt_1', key: { status: 1, lane: 1, dueAt: 1 } },
  ])
  await db
    .collection('connections')
    .createIndexes([
      { key: { organization: 1 }, unique: true },
      { key: { endpointKey: 1 }, unique: true },
      { key: { status: 1, 'grant.accessTokenExpiresAt': 1 } },
    ])
  await db.collection('sessions').createIndex({ expiresAt: 1 }, { expireAfterSeconds: 60 })
  await db.collection('candidates').createIndex({ headline: 1 }, { name: 'added by an operator' })
}
