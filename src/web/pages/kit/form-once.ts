import { randomUUID } from 'node:crypto'
import type { PersonCaller } from '../../../accounts/caller.ts'
import type { Idempotency } from '../../api/idempotency.ts'

/** What a form made: its id, and the secret that is shown only now. */
export interface Made {
  id: string
  secret: string
}

export interface FormOnce {
  caller: PersonCaller
  path: string
  /** Of the page on which the form stood; a form without one is new each time. */
  once: string | undefined
  fields: unknown
}

/**
 * Makes what a form asks for once, however often that form is sent: a repeated one, by a double click or a reload, gets the
 * first one's secret again.
 * @throws ServiceError `idempotency_key_reused` where the fields are others, and what `make` throws
 */
export async function makeOnce(
  idempotency: Pick<Idempotency, 'once'>,
  { caller, path, once, fields }: FormOnce,
  make: () => Promise<Made>,
): Promise<string> {
  let secret = ''
  const run = async () => {
    const made = await make()
    secret = made.secret
    return { status: 201, result: made }
  }
  const request = { caller, path: `POST ${path}`, key: once ?? randomUUID(), body: fields }
  await idempotency.once(request, run, async (kept) => {
    secret = kept.secret ?? ''
    return { status: kept.status }
  })
  return secret
}
