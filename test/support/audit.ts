import { randomBytes } from 'node:crypto'
import mongoose, { Types } from 'mongoose'
import { OrganizationModel } from '../../src/accounts/organization-model.ts'
import { newOrganization } from '../../src/accounts/organizations.ts'
import { createTrailSecrets, hashKeyPlace } from '../../src/accounts/trail-secrets.ts'
import { NO_RECORDS, unkeyedHashOf, type ChainEnd } from '../../src/audit/audit-chain.ts'
import { AuditEventModel, type AuditEventDocument } from '../../src/audit/audit-event-model.ts'
import { beginTrail } from '../../src/audit/audit-head.ts'
import { createAudit, type Audit } from '../../src/audit/audit.ts'
import type { Sealer } from '../../src/secrets/sealer.ts'
import type { AuditNamesDeps } from '../../src/web/audit-names.ts'

/** The audit trail of organizations whose keys `sealer` has sealed; each call is like another process. */
export function auditWith(sealer: Sealer): Audit {
  return createAudit({ secrets: createTrailSecrets({ sealer }) })
}

/** Of a site that has organizations and people only. */
export const NO_NAMES: Omit<AuditNamesDeps, 'accounts'> = {
  exports: { list: async () => ({ data: [], nextCursor: null }), rules: { names: async () => new Map() } },
  candidates: { findMany: async () => [] },
  conversations: { candidatesById: async () => new Map() },
  mappings: { personNames: async () => new Map() },
  mirror: { usersById: async () => new Map() },
}

/** An organization with an empty audit trail, by its id. */
export async function organizationWithTrail(sealer: Sealer): Promise<string> {
  const { fields, secret } = newOrganization({ sealer }, { name: 'Acme', sourceName: 'headhuntr.io' })
  await mongoose.connection.transaction(async (session) => {
    await OrganizationModel.create([fields], { session })
    await beginTrail(fields._id.toHexString(), secret, session)
  })
  return fields._id.toHexString()
}

/** An organization as earlier versions left it: its records are hashed without a key, and there is no head. */
export async function organizationWithUnkeyedTrail(sealer: Sealer, records: number): Promise<string> {
  const _id = new Types.ObjectId()
  const hashKey = sealer.seal(randomBytes(32).toString('base64'), hashKeyPlace(_id.toHexString(), false))
  await OrganizationModel.create({ _id, name: 'Acme', sourceName: 'headhuntr.io', hashKey })
  await AuditEventModel.collection.insertMany(unkeyedRecords(_id, records))
  return _id.toHexString()
}

/** Records that anybody can make, chained to `after`. */
export function unkeyedRecords(organization: Types.ObjectId, count: number, after: ChainEnd = NO_RECORDS): AuditEventDocument[] {
  let previous = after
  return Array.from({ length: count }, () => {
    const seq = previous.seq + 1
    const fields = {
      _id: new Types.ObjectId(),
      organization,
      seq,
      at: new Date(),
      actor: 'user:1',
      action: 'candidate.exported',
      subject: `export:${seq}`,
      leverUser: null,
      previousHash: previous.seq === 0 ? null : previous.hash,
    }
    const event = { ...fields, hash: unkeyedHashOf(fields) }
    previous = event
    return event
  })
}
