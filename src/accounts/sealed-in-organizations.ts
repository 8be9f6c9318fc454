import type { SealedField } from '../secrets/sealed-field.ts'
import { OrganizationModel } from './organization-model.ts'
import { hashKeyPlace } from './trail-secrets.ts'

/** Yields the organizations' own keys, sealed. */
export async function* sealedInOrganizations(): AsyncGenerator<SealedField> {
  for await (const { _id, hashKey, keyedTrail } of OrganizationModel.find({}, { hashKey: 1, keyedTrail: 1 }).lean().cursor()) {
    const place = hashKeyPlace(String(_id), keyedTrail === true)
    yield { collection: OrganizationModel.collection, id: _id, field: 'hashKey', sealed: hashKey, place }
  }
}
