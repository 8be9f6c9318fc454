import { createHmac, randomUUID } from 'node:crypto'

/** What Lever posts for a stage change, signed with the token: new with every call, 500 to 600 bytes as real ones. */
export function signedBody(signatureToken: string): string {
  const [token, triggeredAt] = [randomUUID(), Date.now()]
  const signature = createHmac('sha256', signatureToken).update(`${token}${triggeredAt}`).digest('hex')
  const opportunityId = randomUUID()
  const data = { opportunityId, candidateId: opportunityId, contactId: randomUUID(), fromStageId: randomUUID(), toStageId: randomUUID() }
  return JSON.stringify({ id: randomUUID(), event: 'candidateStageChange', triggeredAt, token, signature, data })
}
