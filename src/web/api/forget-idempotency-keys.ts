import { IdempotencyKeyModel } from './idempotency-key-model.ts'

/** Forgets the requests whose answers were these things, by id: what they said must not be answered again. @returns how many */
export async function forgetIdempotencyKeys(organization: string, resultIds: readonly string[]): Promise<number> {
  return (await IdempotencyKeyModel.deleteMany({ organization, 'answer.resultId': { $in: [...resultIds] } })).deletedCount
}
