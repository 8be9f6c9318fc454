import type { SealedField } from '../../secrets/sealed-field.ts'
import { secretPlace } from './idempotency.ts'
import { IdempotencyKeyModel } from './idempotency-key-model.ts'

/** Secrets of first answers that may still be given again. */
export async function* sealedInIdempotencyKeys(): AsyncGenerator<SealedField> {
  const kept = { 'answer.secret': { $ne: null }, $expr: { $gt: ['$expiresAt', '$$NOW'] } }
  for await (const { _id, organization, answer } of IdempotencyKeyModel.find(kept).lean().cursor()) {
    if (!answer?.secret) continue
    const place = secretPlace(_id, organization?.toHexString())
    yield { collection: IdempotencyKeyModel.collection, id: _id, field: 'answer.secret', sealed: answer.secret, place }
  }
}
