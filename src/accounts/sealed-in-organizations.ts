import type { SealedField } from '../secrets/sealed-field.ts'
import { OrganizationModel } from './organization-model.ts'
import { hashKeyPlace } from './organizations.ts'

/** The keys of organizations' fingerprints, as sealed. */
export async function* sealedInOrganizations(): AsyncGenerator<SealedField> {
  for await (const { _id, hashKey } of OrganizationModel.find({}, { hashKey: 1 }).lean().cursor())
    yield { collection: OrganizationModel.collection, id: _id, field: 'hashKey', sealed: hashKey, place: hashKeyPlace(String(_id)) }
}
