import type { SealedField } from '../../secrets/sealed-field.ts'
import { secretPlace } from './idempotency.ts'
import { IdempotencyKeyModel } from './idempotency-key-model.ts'

/** Secrets of first answers, kept for a day to be given again. */
export async function* sealedInIdempotencyKeys(): AsyncGenerator<SealedField> {
  for await (const { _id, organization, answer } of IdempotencyKeyModel.find({ 'answer.secret': { $ne: null } })
    .lean()
    .cursor()) {
    if (!answer?.secret) continue
    const place = secretPlace(_id, organization?.toHexString())
    yield { collection: IdempotencyKeyModel.collection, id: _id, field: 'answer.secret', sealed: answer.secret, place }
  }
}
