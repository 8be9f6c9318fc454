/** A large organization and a larger neighbor: written straight into the collections, since only reads are measured. */
import mongoose, { Types } from 'mongoose'
import { AuditEventModel } from '../../src/audit/audit-event-model.ts'
import { candidateKeys } from '../../src/candidates/candidate-keys.ts'
import { CandidateModel } from '../../src/candidates/candidate-model.ts'
import { searchFields } from '../../src/candidates/search-keys.ts'
import { ExportModel, openKeyOf } from '../../src/export/export-model.ts'
import { createMissing } from '../../src/schema/build-indexes.ts'
import { modelIndexes } from '../../src/schema/declared-indexes.ts'
import { NEVER } from '../../src/work/work-fields.ts'
import { ADMIN, SOURCER } from './connected-organization.ts'
import { personAt, steadyRandom, type Person } from './rows-people.ts'

export interface Counts {
  candidates: number
  exports: number
  /** Audit records of another organization, newer than those of this one. */
  foreignEvents: number
  ownEvents: number
}

/** As much as MongoDB takes by default on a machine with 5 GB; the data has 2.7 GB, and its indexes 1.7 GB. */
const CACHE = '2GB'
const AT_ONCE = 5000
const SAY_EVERY = 100_000
const DAY_MS = 86_400_000

/** The oldest candidates: all that a search or a rare filter finds. The newest are read first. */
export const UNIQUE: Person = {
  name: 'Wilhelmina Ottoline-Quist',
  headline: 'Cartographer',
  emails: ['wilhelmina@unique.example'],
  phones: [{ value: '+44 20 7946 0958' }],
  links: ['https://github.com/wilhelmina-o'],
  tags: ['Sextant'],
}
const rareAt = (index: number): Person => ({
  name: index === 1 ? 'Maria Quistgaard' : `Agnethe Rare${index}`, headline: 'Librarian', emails: [`rare${index}@rare.example`], phones: [], links: [], tags: [],
}) // prettier-ignore
/** How many of the oldest candidates and exports are unlike the others. */
export const FEW = 20
/** How many of these exports the sourcer requested, like every third of all. */
export const FEW_OF_EXPORTER = 7
export const RARE_PROJECT = 'Atlas restoration'
export const RARE_STAGE = 'shortlisted'
export const RARE_LEVER_STAGE = 'offer'
/** The newest change of the other candidates. */
export const CHANGED_BEFORE = new Date('2026-01-01T00:00:00Z')

/** @returns the id of a bulk export of `FEW` */
export async function seedRows(databaseUri: string, organizationId: string, counts: Counts, say: (line: string) => void): Promise<string> {
  await mongoose.connect(databaseUri, { autoIndex: false, writeConcern: { w: 1 } })
  await mongoose.connection.db?.admin().command({ setParameter: 1, wiredTigerEngineRuntimeConfig: `cache_size=${CACHE}` })
  const organization = new Types.ObjectId(organizationId)
  const batch = new Types.ObjectId()
  const random = steadyRandom()
  const candidateIds = Array.from({ length: counts.candidates }, () => new Types.ObjectId())
  const models = [CandidateModel, ExportModel, AuditEventModel]
  for (const model of models) await model.collection.dropIndexes() // built afterwards in a fraction of the time
  await insert(CandidateModel, counts.candidates, (index) => candidateAt(index, { organization, id: candidateIds[index], random }), say)
  const exportOf = (index: number) => exportAt(index, { organization, batch, candidate: candidateIds[index % counts.candidates] })
  await insert(ExportModel, counts.exports, exportOf, say)
  await insert(AuditEventModel, counts.ownEvents, (index) => eventAt(index, organization), say)
  const neighbor = new Types.ObjectId()
  await insert(AuditEventModel, counts.foreignEvents, (index) => eventAt(index, neighbor), say)
  say('building the indexes')
  if (mongoose.connection.db) await createMissing(mongoose.connection.db, modelIndexes())
  await mongoose.disconnect()
  return batch.toHexString()
}

async function insert(
  { collection }: { collection: mongoose.Collection },
  count: number,
  at: (index: number) => object,
  say: (line: string) => void,
): Promise<void> {
  let earlier: Promise<unknown> = Promise.resolve()
  for (let from = 0; from < count; from += AT_ONCE) {
    const documents = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => at(from + index))
    await earlier // the database writes while the next documents are made
    earlier = collection.insertMany(documents, { ordered: false })
    if (from > 0 && from % SAY_EVERY === 0) say(`${collection.name}: ${from.toLocaleString('en-US')} of ${count.toLocaleString('en-US')}`)
  }
  await earlier
}

function candidateAt(
  index: number,
  { organization, id, random }: { organization: Types.ObjectId; id: Types.ObjectId | undefined; random: () => number },
) {
  const isRare = index < FEW
  const person = index === 0 ? UNIQUE : isRare ? rareAt(index) : personAt(index, random)
  const at = new Date(CHANGED_BEFORE.getTime() - DAY_MS - index)
  const changedAt = isRare ? new Date(CHANGED_BEFORE.getTime() + index) : at
  const lever = { opportunityId: `opportunity-${index}`, contactId: `contact-${index}`, url: `http://127.0.0.1:4010/candidates/opportunity-${index}`, stage: { id: isRare ? RARE_LEVER_STAGE : 'lead-new', text: 'New lead' }, postings: [], archived: null, owner: null, confidential: index === 0, updatedAt: at } // prettier-ignore
  return {
    _id: id, organization, externalId: `person-${index}`, ...person, location: 'Lisbon', project: isRare ? RARE_PROJECT : `search-${index % 20}`,
    stage: isRare ? RARE_STAGE : 'qualified', ...candidateKeys(person), ...searchFields(person), revision: 1, lastExport: null, exported: !isRare, lever,
    leverChangedAt: at, resume: null, createdAt: at, updatedAt: changedAt,
  } // prettier-ignore
}

function exportAt(
  index: number,
  { organization, candidate, batch }: { organization: Types.ObjectId; candidate: Types.ObjectId | undefined; batch: Types.ObjectId },
) {
  const isRare = index < FEW
  const at = new Date(CHANGED_BEFORE.getTime() - index)
  const status = isRare ? 'failed' : 'exported'
  return {
    _id: new Types.ObjectId(), organization, candidate, batch: isRare ? batch : null, status, lane: 0, fence: 1, leaseUntil: null, claim: null, dueAt: NEVER,
    requestedBy: index % 3 === 1 ? SOURCER : ADMIN, performAs: { leverUserId: 'user-bo', leverEmail: SOURCER, leverName: 'Bo Lindqvist' },
    posting: null, requisition: null, onDuplicate: 'stop', opportunityId: isRare ? null : `opportunity-${index}`, contactId: null, url: null, stage: null,
    ...(isRare ? {} : { openKey: openKeyOf(String(candidate), null) }), intent: null, duplicateOf: null, waitingFor: null, note: null, resume: null,
    tries: 0, openedAt: at, tryingSince: at, error: isRare ? { code: 'lever_rejected', detail: 'Lever answered 400.' } : null,
    attempts: [{ at, step: 'send', outcome: 'done', detail: null }], finishedAt: at, createdAt: at,
  } // prettier-ignore
}

/** Numbered after the records of the setup; nothing here verifies the chain. */
function eventAt(index: number, organization: Types.ObjectId) {
  const isRare = index < FEW
  const at = new Date(CHANGED_BEFORE.getTime() + index)
  return {
    _id: new Types.ObjectId(), organization, seq: 100_000 + index, at, actor: isRare ? 'lever' : 'worker', action: isRare ? 'export.failed' : 'export.exported',
    subject: `connection:${index}`, leverUser: null, hash: String(index), previousHash: null,
  } // prettier-ignore
}
