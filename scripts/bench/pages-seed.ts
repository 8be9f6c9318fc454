/** A database like that of an organization after a year: written straight into the collections, since only reads are measured. */
import mongoose, { Types } from 'mongoose'
import { AuditEventModel } from '../../src/audit/audit-event-model.ts'
import { candidateKeys } from '../../src/candidates/candidate-keys.ts'
import { searchFields } from '../../src/candidates/search-keys.ts'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { ExportModel, openKeyOf } from '../../src/export/export-model.ts'
import { WEBHOOK_EVENTS } from '../../src/connection/webhook-events.ts'
import { DeliveryModel } from '../../src/webhooks/delivery-model.ts'
import { NEVER } from '../../src/work/work-fields.ts'

export interface Seeded {
  candidateIds: string[]
  deliveryId: string
}

interface Surroundings {
  organization: Types.ObjectId
  connection: Types.ObjectId
  /** The people who request exports, in turn. */
  requesters: readonly string[]
}

const AT_ONCE = 2000
const GIVEN = ['Ana', 'Bo', 'Chidi', 'Dilnoza', 'Emile', 'Farida', 'Gus', 'Hélène', 'Ines', 'Jun']
const FAMILY = ['Duarte', 'Lindqvist', 'Okafor', 'Yusupova', 'Laurent', 'Haddad', 'Novak', 'Moreau', 'Silva', 'Tanaka', 'Weiß', 'Ozturk']
/** The outcomes of each ten exports. */
const FATES = ['exported', 'exported', 'exported', 'exported', 'exported', 'exported', 'duplicate', 'failed', 'canceled', 'queued'] as const

/** Writes the same number of candidates, exports, deliveries and audit records; one export per candidate. */
export async function seedPages(databaseUri: string, organizationId: string, many: number, requesters: readonly string[]): Promise<Seeded> {
  await mongoose.connect(databaseUri, { autoIndex: false })
  const organization = new Types.ObjectId(organizationId)
  const { _id: connection } = await ConnectionModel.findOne({ organization }).orFail()
  const around = { organization, connection, requesters }
  const pairs = Array.from({ length: many }, (_, index) => candidateAndExport(index, around))
  const deliveries = Array.from({ length: many }, (_, index) => deliveryAt(index, around))
  await insertAll(CandidateModel.collection, pairs.map(([candidate]) => candidate)) // prettier-ignore
  await insertAll(ExportModel.collection, pairs.map(([, one]) => one)) // prettier-ignore
  await insertAll(DeliveryModel.collection, deliveries)
  await insertAll(AuditEventModel.collection, Array.from({ length: many }, (_, index) => auditEventAt(index, around))) // prettier-ignore
  await mongoose.disconnect()
  return { candidateIds: pairs.map(([{ _id }]) => String(_id)), deliveryId: String(deliveries[0]?._id) }
}

async function insertAll(collection: mongoose.Collection, documents: readonly object[]): Promise<void> {
  for (let from = 0; from < documents.length; from += AT_ONCE) await collection.insertMany(documents.slice(from, from + AT_ONCE))
}

function candidateAndExport(index: number, { organization, requesters }: Surroundings) {
  const candidate = new Types.ObjectId()
  const exportId = new Types.ObjectId()
  const at = new Date(Date.now() - index * 60_000)
  const name = `${GIVEN[index % GIVEN.length]} ${FAMILY[index % FAMILY.length]} ${index}`
  const emails = [`person-${index}@pages.example`]
  const links = [`https://www.linkedin.com/in/person-${index}`]
  const status = FATES[index % FATES.length] ?? 'exported'
  const isThere = status === 'exported'
  const opportunityId = isThere ? `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}` : null
  const url = opportunityId && `http://127.0.0.1:4010/candidates/${opportunityId}`
  const stage = isThere ? { id: 'lead-new', text: 'New lead' } : null
  return [
    {
      _id: candidate, organization, externalId: `person-${index}`, name, headline: 'Engineer, formerly at a bank', location: 'Lisbon', emails, phones: [],
      links, tags: ['bench'], project: `search-${index % 20}`, stage: 'qualified', ...candidateKeys({ name, emails, links }),
      ...searchFields({ name, emails, phones: [], links, tags: ['bench'] }), revision: 1, lastExport: exportId, exported: isThere,
      lever: opportunityId && { opportunityId, contactId: `contact-${index}`, url, stage, postings: [], archived: null, owner: null, updatedAt: at },
      resume: null, createdAt: at, updatedAt: at,
    },
    {
      _id: exportId, organization, candidate, batch: null, status, lane: 0, fence: 1, leaseUntil: null, claim: null, dueAt: NEVER,
      requestedBy: requesters[index % requesters.length], performAs: { leverUserId: 'user-bo', leverEmail: 'bo@acme.example', leverName: 'Bo Lindqvist' },
      posting: null, requisition: null, onDuplicate: 'stop', opportunityId, contactId: opportunityId && `contact-${index}`, url, stage,
      ...(isThere || status === 'queued' ? { openKey: openKeyOf(String(candidate), null) } : {}),
      intent: null, duplicateOf: null, waitingFor: null, note: null, resume: null, tries: 0, openedAt: at, tryingSince: at,
      error: status === 'failed' ? { code: 'lever_rejected', detail: 'Lever answered 400.' } : null,
      attempts: [{ at, step: 'send', outcome: 'done', detail: null }], finishedAt: status === 'queued' ? null : at, createdAt: at,
    },
  ] as const // prettier-ignore
}

function deliveryAt(index: number, { organization, connection }: Surroundings) {
  const at = new Date(Date.now() - index * 60_000)
  return {
    _id: new Types.ObjectId(), organization, connection, event: WEBHOOK_EVENTS[index % WEBHOOK_EVENTS.length], token: `token-${index}`, leverId: null,
    triggeredAt: at, receivedAt: at, opportunityId: `00000000-0000-4000-8000-${(index % 5000).toString(16).padStart(12, '0')}`,
    status: index % 50 === 0 ? 'failed' : 'processed', attempts: 1, error: null, payload: JSON.stringify({ event: 'candidateStageChange', data: {} }),
    dueAt: NEVER, lane: 0, fence: 1, leaseUntil: null, claim: null,
  } // prettier-ignore
}

/** Numbered after the records of the setup; nothing here verifies the chain. */
function auditEventAt(index: number, { organization, requesters }: Surroundings) {
  const at = new Date(Date.now() - index * 60_000)
  const actor = `user:${requesters[index % requesters.length]}`
  return { organization, seq: 100_000 + index, at, actor, action: 'export.requested', subject: `export:${index}`, leverUser: null, hash: String(index), previousHash: null } // prettier-ignore
}
