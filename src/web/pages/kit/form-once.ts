import { randomUUID } from 'node:crypto'
import type { PersonCaller } from '../../../accounts/caller.ts'
import type { Idempotency } from '../../api/idempotency.ts'

/** A form's result: the id of what it created, and the secret that is shown only now. */
export interface Made {
  id: string
  secret: string
}

export interface FormOnce {
  caller: PersonCaller
  path: string
  /** Id of the rendered form; a form without one is new each time. */
  once: string | undefined
  fields: unknown
}

/**
 * Creates what a form requests once, however often that form is sent. A repeat, such as a double click or a reload, gets the first one's
 * secret again.
 * @throws ServiceError `idempotency_key_reused` if the fields differ, and what `make` throws
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
