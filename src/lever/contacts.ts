import { z } from 'zod'
import type { Lane, LeverClient } from './client.ts'
import { leverPath } from './lever-path.ts'

/** Lists replace what the contact has; what is left out stays (Lever's API documentation). */
export interface ContactChange {
  emails?: readonly string[]
  phones?: readonly { value: string; type?: string }[]
}

/**
 * Changes a person, as whom all of the contact's opportunities show it. May be repeated.
 * @throws LeverCallError; `classifyWriteError` says what it means
 */
export async function updateContact(
  client: LeverClient,
  id: string,
  change: ContactChange,
  { beforeSend, lane }: { beforeSend?: () => void; lane?: Lane } = {},
): Promise<void> {
  const write = { json: change, schema: z.unknown(), ...(beforeSend ? { beforeSend } : {}), ...(lane ? { lane } : {}) }
  await client.write('PUT', leverPath`/contacts/${id}`, write)
}
