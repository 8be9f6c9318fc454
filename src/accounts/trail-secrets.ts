import type { TrailSecrets } from '../audit/audit-trails.ts'
import type { Log } from '../log.ts'
import type { Sealer, SecretPlace } from '../secrets/sealer.ts'
import { OrganizationModel, type OrganizationDocument } from './organization-model.ts'

/**
 * The organization's sealed key, from which the key of its audit trail is derived. Whether the trail is keyed is bound to the sealing: an
 * organization whose `keyedTrail` is taken away has a key that does not open.
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
      // one that is resealed in between stays as it is until the trail is opened again
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

/** The organization's own key. @throws Error when it does not open */
export function openHashKey(
  sealer: Sealer,
  { _id, hashKey, keyedTrail }: Pick<OrganizationDocument, '_id' | 'hashKey' | 'keyedTrail'>,
): Buffer {
  return Buffer.from(sealer.open(hashKey, hashKeyPlace(String(_id), keyedTrail === true)), 'base64')
}

/** As an organization with a keyed audit trail has it. */
export function sealHashKey(sealer: Sealer, organization: string, key: Buffer): string {
  return sealer.seal(key.toString('base64'), hashKeyPlace(organization, true))
}

/** Differs once the audit trail is keyed, so that nobody can make it look as if it were not. */
export function hashKeyPlace(organization: string, isTrailKeyed: boolean): SecretPlace {
  return { organization, record: 'organization', field: isTrailKeyed ? 'hashKey/keyedTrail' : 'hashKey' }
}
