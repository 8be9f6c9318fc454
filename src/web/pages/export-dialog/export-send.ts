import { clearanceOf } from '../../../accounts/clearance.ts'
import { actorOf, type PersonCaller } from '../../../accounts/caller.ts'
import { isServiceError, type ServiceError } from '../../../errors.ts'
import type { Exports } from '../../../export/exports.ts'
import type { Idempotency } from '../../api/idempotency.ts'
import type { ExportWishes } from './export-wish.ts'

interface SendDeps {
  exports: Pick<Exports, 'request' | 'requestBulk'>
  idempotency: Pick<Idempotency, 'once'>
}

/**
 * Requests the exports that the dialog describes, in this person's name.
 * @returns the address of the progress page; reloading it shows the same
 */
export async function sendExports(person: PersonCaller, wishes: ExportWishes, deps: SendDeps): Promise<string> {
  const [candidateId, another] = wishes.candidateIds
  if (candidateId !== undefined && another === undefined) return sendOne(person, candidateId, wishes, deps)
  return `/exports/batches/${await sendMany(person, wishes, deps)}`
}

/** If the candidate is already exported or in progress, such as after a double click, the existing export is shown. */
async function sendOne(person: PersonCaller, candidateId: string, wishes: ExportWishes, { exports }: SendDeps): Promise<string> {
  const { postingId, requisitionId, note, onDuplicate } = wishes
  const { organization, email } = person
  try {
    const asked = {
      organization,
      candidateId,
      requestedBy: email,
      actor: actorOf(person),
      postingId,
      requisitionId,
      note,
      onDuplicate,
      clearance: clearanceOf(person),
    }
    const { id } = await exports.request(asked)
    return progressAddress('export', candidateId, id)
  } catch (error) {
    if (!isServiceError(error) || error.status >= 500) throw error
    const exportId = knownExport(error)
    return exportId === null ? progressAddress('refused', candidateId, error.code) : progressAddress('known', candidateId, exportId)
  }
}

function knownExport({ code, extra }: ServiceError): string | null {
  const { exportId } = extra
  return code === 'already_exported' && typeof exportId === 'string' && exportId !== '' ? exportId : null
}

function progressAddress(kind: 'export' | 'known' | 'refused', candidateId: string, what: string): string {
  return `/exports/progress?${new URLSearchParams({ [kind]: `${candidateId}.${what}` }).toString()}`
}

/**
 * A form that is sent twice creates one bulk export.
 * @returns its id
 */
async function sendMany(person: PersonCaller, wishes: ExportWishes, { exports, idempotency }: SendDeps): Promise<string> {
  const { candidateIds, postingId, requisitionId, onDuplicate, once } = wishes
  const { organization, email } = person
  const wish = { candidateIds, postingId, requisitionId, onDuplicate }
  let batchId = ''
  const run = async () => {
    ;({ batchId } = await exports.requestBulk({
      ...wish,
      organization,
      requestedBy: email,
      actor: actorOf(person),
      clearance: clearanceOf(person),
    }))
    return { status: 303, result: { id: batchId } }
  }
  if (once === undefined) await run()
  else {
    const request = { caller: person, path: 'POST /candidates/export', key: once, body: wish }
    await idempotency.once(request, run, async ({ id, status }) => {
      batchId = id
      return { status }
    })
  }
  return batchId
}
