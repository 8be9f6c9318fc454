import type { Clearance } from '../../accounts/clearance.ts'
import type { ConnectionDocument } from '../../connection/connection-model.ts'
import { isServiceError, ServiceError } from '../../errors.ts'
import { ExportModel, openKeyOf, type ExportDocument } from '../export-model.ts'

/** The fields of a posting that an export needs. */
export interface KnownPosting {
  id: string
  text: string
  state: string | null
  requisitionCodes: string[]
  confidentiality: string | null
}

export interface KnownRequisition {
  id: string
  name: string
  requisitionCode: string | null
  postings: string[]
  confidentiality: string | null
}

export interface PerformAs {
  leverUserId: string
  leverEmail: string | null
  leverName: string | null
}

export interface AssessDeps {
  /** @throws ServiceError feature_off, connection_not_active, scope_missing */
  assertExporting: (organization: string, known?: ConnectionDocument) => Promise<void>
  /** @throws ServiceError user_inactive, user_not_mapped, mapping_inactive, lever_user_deactivated */
  resolvePerformAs: (organization: string, userEmail: string) => Promise<PerformAs>
  /**
   * Asks Lever if the mirror does not know the posting. Resolves to null also for one that `clearance` does not cover.
   * @throws ServiceError when Lever cannot be asked
   */
  findPosting: (organization: string, id: string, clearance: Clearance) => Promise<KnownPosting | null>
  /** As of the last sync, without a call to Lever. */
  findMirroredPosting: (organization: string, id: string, clearance: Clearance) => Promise<KnownPosting | null>
  findRequisition: (organization: string, id: string, clearance: Clearance) => Promise<KnownRequisition | null>
}

export interface Wish {
  organization: string
  requestedBy: string
  postingId?: string | undefined
  requisitionId?: string | undefined
  /** The caller's clearance. A record that it does not cover counts as nonexistent. */
  clearance: Clearance
  /** The connection, if the caller has just read it. */
  connection?: ConnectionDocument | undefined
}

export interface Assessment {
  /** In the order in which a request would be refused. */
  problems: ServiceError[]
  performAs: PerformAs | null
  posting: KnownPosting | null
  requisition: KnownRequisition | null
}

const OPEN_STATES = new Set(['published', 'internal'])

export function isOpen(posting: Pick<KnownPosting, 'state'>): boolean {
  return OPEN_STATES.has(posting.state ?? '')
}

/**
 * Checks whether an export is allowed, and resolves its performing user and its target, as far as our own records tell. Only a posting that
 * the mirror does not know is read from Lever. Writes nothing.
 */
export async function assessExport(wish: Wish, deps: AssessDeps): Promise<Assessment> {
  return assess(wish, deps, [() => deps.assertExporting(wish.organization, wish.connection)])
}

/** Like {@link assessExport}, if the caller has just checked that the connection can export. */
export function assessRights(wish: Wish, deps: AssessDeps): Promise<Assessment> {
  return assess(wish, deps, [])
}

async function assess(wish: Wish, deps: AssessDeps, first: (() => Promise<unknown>)[]): Promise<Assessment> {
  const problems: ServiceError[] = []
  const attempt = async <T>(read: () => Promise<T>): Promise<T | null> => {
    try {
      return await read()
    } catch (error) {
      if (!isServiceError(error) || error.status >= 500) throw error
      problems.push(error)
      return null
    }
  }
  for (const check of first) await attempt(check)
  const performAs = await attempt(() => resolvePerson(wish, deps))
  const target = await attempt(() => resolveTarget(wish, deps))
  return { problems, performAs, posting: target?.posting ?? null, requisition: target?.requisition ?? null }
}

async function resolvePerson(wish: Wish, deps: AssessDeps): Promise<PerformAs> {
  try {
    return await deps.resolvePerformAs(wish.organization, wish.requestedBy)
  } catch (error) {
    if (!isServiceError(error, 'user_not_found')) throw error
    throw new ServiceError('user_not_mapped', 'No person here has the email address in requestedBy.', {
      hint: 'Add the person, then map them in Settings > ATS configuration > Users.',
      cause: error,
    })
  }
}

async function resolveTarget(
  wish: Wish,
  deps: AssessDeps,
): Promise<{ posting: KnownPosting | null; requisition: KnownRequisition | null }> {
  const requisition = wish.requisitionId === undefined ? null : await getRequisition(wish, wish.requisitionId, deps)
  const posting =
    wish.postingId === undefined
      ? requisition && (await onlyOpenPosting(wish, requisition, deps))
      : await getPosting(wish, wish.postingId, deps)
  if (posting && !isOpen(posting)) {
    throw new ServiceError('posting_closed', `The posting is ${posting.state ?? 'not open'} in Lever.`, {
      hint: 'Choose an open posting, or none for a general opportunity.',
    })
  }
  if (posting && requisition && !isOn(posting, requisition)) {
    throw new ServiceError('requisition_not_on_posting', 'The requisition does not belong to the chosen posting.', {
      hint: 'Choose a requisition of this posting, or leave it out.',
    })
  }
  return { posting, requisition }
}

async function getPosting({ organization, clearance }: Wish, id: string, deps: AssessDeps): Promise<KnownPosting> {
  const posting = await deps.findPosting(organization, id, clearance)
  if (posting) return posting
  throw new ServiceError('posting_not_found', 'This posting does not exist in Lever, or this connection cannot see it.', {
    hint: 'Choose one from GET /lever/postings; a confidential posting needs confidential access.',
  })
}

async function getRequisition({ organization, clearance }: Wish, id: string, deps: AssessDeps): Promise<KnownRequisition> {
  const requisition = await deps.findRequisition(organization, id, clearance)
  if (requisition) return requisition
  throw new ServiceError('requisition_not_found', 'This requisition does not exist in Lever, or this connection cannot see it.', {
    hint: 'Choose one from GET /lever/requisitions.',
  })
}

/** A requisition without a posting means its only open posting. */
async function onlyOpenPosting({ organization, clearance }: Wish, requisition: KnownRequisition, deps: AssessDeps): Promise<KnownPosting> {
  const postings = await Promise.all(requisition.postings.map((id) => deps.findMirroredPosting(organization, id, clearance)))
  const open = postings.filter((posting) => posting !== null && isOpen(posting))
  const [only] = open
  if (open.length === 1 && only) return only
  throw new ServiceError('posting_required', `The requisition has ${open.length === 0 ? 'no open posting' : 'several open postings'}.`, {
    hint: 'Choose the posting as well.',
  })
}

function isOn(posting: KnownPosting, requisition: KnownRequisition): boolean {
  if (requisition.postings.includes(posting.id)) return true
  return requisition.requisitionCode !== null && posting.requisitionCodes.includes(requisition.requisitionCode)
}

/** Resolves to the open or exported export for the same candidate and target. It is the reason to refuse another one. */
export async function findOpenExport(organization: string, candidateId: string, postingId: string | null): Promise<ExportDocument | null> {
  return ExportModel.findOne({ organization, openKey: openKeyOf(candidateId, postingId) }).lean<ExportDocument>()
}

export function alreadyExported(exportId: string): ServiceError {
  return new ServiceError('already_exported', 'This candidate was already exported to this job, or is being exported now.', {
    hint: 'Look up that export by its exportId.',
    extra: { exportId },
  })
}
