import { createHmac, randomUUID } from 'node:crypto'

/** Returns a signed webhook body for a stage change, as Lever posts it: new with every call, and 500 to 600 bytes like real ones. */
export function signedBody(signatureToken: string, opportunityId: string = randomUUID()): string {
  const [token, triggeredAt] = [randomUUID(), Date.now()]
  const signature = createHmac('sha256', signatureToken).update(`${token}${triggeredAt}`).digest('hex')
  const data = { opportunityId, candidateId: opportunityId, contactId: randomUUID(), fromStageId: randomUUID(), toStageId: randomUUID() }
  return JSON.stringify({ id: randomUUID(), event: 'candidateStageChange', triggeredAt, token, signature, data })
}
