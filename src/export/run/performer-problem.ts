import { isServiceError, type ServiceError } from '../../errors.ts'
import { mayBeAboutPerformer } from '../../lever/lever-call-error.ts'
import type { ExportDocument } from '../export-model.ts'
import type { ExportDeps } from './run-export-deps.ts'

/**
 * The reason if Lever refused a write because of the performing user, such as a user who was deactivated after the last sync. Reads the
 * user from Lever, since the refusal does not say what it is about.
 */
export async function performerProblem(
  { organization, requestedBy, performAs }: Pick<ExportDocument, 'organization' | 'requestedBy' | 'performAs'>,
  refusal: unknown,
  deps: Pick<ExportDeps, 'assess' | 'isLeverUserGone'>,
): Promise<ServiceError | null> {
  if (!performAs || !mayBeAboutPerformer(refusal)) return null
  try {
    if (!(await deps.isLeverUserGone(String(organization), performAs.leverUserId))) return null
    await deps.assess.resolvePerformAs(String(organization), requestedBy)
    return null // now mapped to another Lever user
  } catch (error) {
    if (!isServiceError(error)) throw error
    return error.code === 'lever_user_deactivated' ? error : null
  }
}
