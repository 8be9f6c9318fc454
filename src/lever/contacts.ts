import { z } from 'zod'
import type { Lane, LeverClient } from './client.ts'
import { leverPath } from './lever-path.ts'

/** Lists replace the contact's lists; omitted fields stay (Lever's API documentation). */
export interface ContactChange {
  emails?: readonly string[]
  phones?: readonly { value: string; type?: string }[]
}

/**
 * Changes a contact, which all of its opportunities show. May be repeated.
 * @throws LeverCallError; `classifyWriteError` says what it means
 */
export async function updateContact(
  client: LeverClient,
  id: string,
  change: ContactChange,
  { prepare, beforeSend, lane }: { prepare?: () => Promise<void>; beforeSend?: () => void; lane?: Lane } = {},
): Promise<void> {
  const when = { ...(prepare ? { prepare } : {}), ...(beforeSend ? { beforeSend } : {}), ...(lane ? { lane } : {}) }
  const write = { json: change, schema: z.unknown(), ...when }
  await client.write('PUT', leverPath`/contacts/${id}`, write)
}
