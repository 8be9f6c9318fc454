import type { TrailSecrets } from '../audit/audit-trails.ts'
import type { Log } from '../log.ts'
import type { Sealer, SecretPlace } from '../secrets/sealer.ts'
import { OrganizationModel, type OrganizationDocument } from './organization-model.ts'

/**
 * Reads the organization's sealed key, from which the key of its audit trail is derived. The seal covers whether the
 * trail is keyed: if `keyedTrail` is removed from an organization, its key can no longer be opened.
 */
export function createTrailSecrets({ sealer, log }: { sealer: Sealer; log?: Log }): TrailSecrets {
  return {
    async read(organization) {
      const found = await OrganizationModel.findById(organization).read('primary').lean<OrganizationDocument>()
      if (!found) return null
      try {
        return { secret: openHashKey(sealer, found), isKeyed: found.keyedTrail === true }
      } catch (error) {
        log?.error({ organization, err: error }, 'the key of the audit trail does not open')
        return null
      }
    },
    async markKeyed(organization) {
      const found = await OrganizationModel.findById(organization).read('primary').lean<OrganizationDocument>()
      if (!found || found.keyedTrail) return
      const hashKey = sealHashKey(sealer, organization, openHashKey(sealer, found))
      // if the key is resealed between the two calls, the trail is marked the next time it is opened
      await OrganizationModel.updateOne({ _id: organization, hashKey: found.hashKey }, { $set: { hashKey, keyedTrail: true } })
    },
    async *unkeyed() {
      for await (const { _id } of OrganizationModel.find({ keyedTrail: { $ne: true } }, { _id: 1 })
        .lean()
        .cursor())
        yield String(_id)
    },
  }
}

/**
 * Opens the organization's own key.
 * @throws Error when it cannot be opened
 */
export function openHashKey(
  sealer: Sealer,
  { _id, hashKey, keyedTrail }: Pick<OrganizationDocument, '_id' | 'hashKey' | 'keyedTrail'>,
): Buffer {
  return Buffer.from(sealer.open(hashKey, hashKeyPlace(String(_id), keyedTrail === true)), 'base64')
}

/** Seals the key for an organization with a keyed audit trail. */
export function sealHashKey(sealer: Sealer, organization: string, key: Buffer): string {
  return sealer.seal(key.toString('base64'), hashKeyPlace(organization, true))
}

/** Differs once the audit trail is keyed, so that nobody can make a keyed trail look unkeyed. */
export function hashKeyPlace(organization: string, isTrailKeyed: boolean): SecretPlace {
  return { organization, record: 'organization', field: isTrailKeyed ? 'hashKey/keyedTrail' : 'hashKey' }
}
