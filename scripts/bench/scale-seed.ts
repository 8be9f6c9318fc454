/** Many organizations like one that exists: connected, active, synced and swept. Written straight into the collections. */
import mongoose, { Types } from 'mongoose'
import { newOrganization } from '../../src/accounts/organizations.ts'
import { OrganizationModel } from '../../src/accounts/organization-model.ts'
import { ConnectionModel } from '../../src/connection/connection-model.ts'
import { connectionSecrets } from '../../src/connection/connection-secrets.ts'
import { ExportAuditRunModel } from '../../src/export/export-audit-model.ts'
import {
  LeverArchiveReasonModel,
  LeverPostingModel,
  LeverRequisitionModel,
  LeverStageModel,
  LeverUserModel,
} from '../../src/mirror/lever-record-models.ts'
import { OpportunitySyncModel } from '../../src/mirror/opportunity-sync-model.ts'
import { SyncRunModel } from '../../src/mirror/sync-run-model.ts'
import { createSealer } from '../../src/secrets/sealer.ts'
import { BENCH_SECRET_KEY } from './ground.ts'

/** Organizations that are inserted together. */
const AT_ONCE = 250
const HOUR_MS = 3_600_000
const RUNS = [SyncRunModel, OpportunitySyncModel, ExportAuditRunModel] as const
const RECORDS = [LeverUserModel, LeverStageModel, LeverArchiveReasonModel, LeverPostingModel, LeverRequisitionModel] as const

type Stored = Record<string, unknown> & { _id?: Types.ObjectId }

/**
 * Adds copies of the organization until the database has `many`. Nothing of them is due within the next hour. Each has its own request
 * budget, and all call the same local Lever.
 */
export async function seedOrganizations(databaseUri: string, original: string, apiKey: string, many: number): Promise<void> {
  await mongoose.connect(databaseUri, { autoIndex: false })
  const sealer = createSealer([BENCH_SECRET_KEY])
  const secrets = connectionSecrets(sealer)
  const of = { organization: new Types.ObjectId(original) }
  await ConnectionModel.collection.updateOne(of, { $unset: { unscheduledSince: 1 } })
  const connection = (await ConnectionModel.collection.findOne(of)) as Stored
  const runs = await Promise.all(RUNS.map(async (model) => [model.collection, (await model.collection.findOne(of)) as Stored] as const))
  const records = await Promise.all(RECORDS.map(async ({ collection }) => [collection, (await collection.find(of).toArray()) as Stored[]] as const)) // prettier-ignore
  let made = await ConnectionModel.collection.countDocuments()
  while (made < many) {
    const organizations = Array.from({ length: Math.min(AT_ONCE, many - made) }, (_, index) => {
      return newOrganization({ sealer }, { name: `Organization ${made + index}`, sourceName: 'Fulcrum' }).fields
    })
    const copies = (document: Stored, fields: (organization: string) => Stored = () => ({})): Stored[] =>
      organizations.map(({ _id }) => ({ ...document, _id: new Types.ObjectId(), organization: _id, ...fields(String(_id)) }))
    await OrganizationModel.collection.insertMany(organizations)
    await ConnectionModel.collection.insertMany(
      copies(connection, (organization) => ({
        endpointKey: organization,
        grant: {
          ...(connection['grant'] as object),
          fingerprint: organization,
          apiKey: secrets.seal(organization, 'grant.apiKey', apiKey),
        },
      })),
    )
    for (const [collection, run] of runs) await collection.insertMany(copies(run, () => ({ dueAt: laterThanAnHour(), claim: null, leaseUntil: null }))) // prettier-ignore
    for (const [collection, found] of records) await collection.insertMany(found.flatMap((record) => copies(record)))
    made += organizations.length
  }
  await letRest()
  await mongoose.disconnect()
}

function laterThanAnHour(): Date {
  return new Date(Date.now() + HOUR_MS * (1 + Math.random()))
}

async function letRest(): Promise<void> {
  for (const { collection } of RUNS) await collection.updateMany({ dueAt: { $lt: laterThanAnHour() } }, { $set: { dueAt: laterThanAnHour() } }) // prettier-ignore
}
