import { actorOf, type PersonCaller } from '../../accounts/caller.ts'
import { isServiceError, type ServiceError } from '../../errors.ts'
import type { Exports } from '../../export/exports.ts'
import type { ExportWishes } from './export-wish.ts'

/** What became of the wish to export one candidate. */
export type Sent = { candidateId: string } & ({ exportId: string; isNew: boolean } | { refused: string })

/** So many are asked for at once: each is a few reads and a durable write. */
const AT_ONCE = 8

/**
 * Asks for the export of each candidate, by this person. One that is exported or on its way already, as after a double click,
 * is told with the export that is there.
 */
export async function sendExports(person: PersonCaller, wishes: ExportWishes, exports: Pick<Exports, 'request'>): Promise<Sent[]> {
  const sent: Sent[] = []
  for (let from = 0; from < wishes.candidateIds.length; from += AT_ONCE) {
    const some = wishes.candidateIds.slice(from, from + AT_ONCE)
    sent.push(...(await Promise.all(some.map((candidateId) => sendOne(person, candidateId, wishes, exports)))))
  }
  return sent
}

async function sendOne(person: PersonCaller, candidateId: string, wishes: ExportWishes, exports: Pick<Exports, 'request'>): Promise<Sent> {
  const { postingId, requisitionId, note, onDuplicate } = wishes
  const { organization, email } = person
  try {
    const asked = { organization, candidateId, requestedBy: email, actor: actorOf(person), postingId, requisitionId, note, onDuplicate }
    const { id } = await exports.request(asked)
    return { candidateId, exportId: id, isNew: true }
  } catch (error) {
    if (!isServiceError(error) || error.status >= 500) throw error
    const exportId = knownExport(error)
    return exportId === null ? { candidateId, refused: error.code } : { candidateId, exportId, isNew: false }
  }
}

function knownExport({ code, extra }: ServiceError): string | null {
  const { exportId } = extra
  return code === 'already_exported' && typeof exportId === 'string' && exportId !== '' ? exportId : null
}

/** The page that follows these exports; a reload shows the same. */
export function progressAddress(sent: readonly Sent[]): string {
  const parameters = sent.map((one): [string, string] => {
    if ('refused' in one) return ['refused', `${one.candidateId}.${one.refused}`]
    return [one.isNew ? 'export' : 'known', `${one.candidateId}.${one.exportId}`]
  })
  return `/exports/progress?${new URLSearchParams(parameters).toString()}`
}
