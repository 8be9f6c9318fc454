import { isServiceError, type ServiceError } from '../errors.ts'
import { mayBeAboutPerformer } from '../lever/lever-call-error.ts'
import type { ExportDocument } from './export-model.ts'
import type { ExportDeps } from './run-export-deps.ts'

/**
 * Why nothing can be performed in Lever as who asked, where that is what Lever refused a write for: deactivated in Lever a moment ago, which
 * no sync has told yet. Lever is asked for the user, since its answer does not say what it is about.
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
    return null // mapped to somebody else meanwhile
  } catch (error) {
    if (!isServiceError(error)) throw error
    return error.code === 'lever_user_deactivated' ? error : null
  }
}
