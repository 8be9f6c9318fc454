import { claimedAt } from '../../work/try-again.ts'
import { writeStep } from '../../work/write-step.ts'
import { checkAndSend } from './check-and-send.ts'
import { ExportModel } from '../export-model.ts'
import { becomeUnclear, tryLater, type ClaimedExport } from './export-steps.ts'
import { lookAgain } from './look-again.ts'
import type { ExportDeps } from './run-export-deps.ts'
import { writeNote } from './write-note.ts'

/**
 * Runs one claimed export until it ends or pauses. Any worker may run it at any time: if a POST may have begun under another fence, Fulcrum
 * looks for its result in Lever before it posts again.
 * @throws LeaseLost when another worker has taken over
 */
export async function runExport(claimed: ClaimedExport, deps: ExportDeps): Promise<void> {
  switch (claimed.document.status) {
    case 'queued':
    case 'checking':
      return checkAndSend(claimed, deps)
    case 'sending':
      return restAfterCrash(claimed, deps)
    case 'unclear':
      return lookAgain(claimed, deps)
    case 'exported':
      return claimed.document.erasedAt ? rest(claimed) : writeNote(claimed, deps)
    default:
      return rest(claimed)
  }
}

/** Releases an export that has nothing left to do. */
async function rest(claimed: ClaimedExport): Promise<void> {
  await writeStep(ExportModel, claimed, { release: 'never' })
}

/** The worker that posted has died or sleeps. Its call ends within the time limit, and takes effect within the settle time. */
async function restAfterCrash(claimed: ClaimedExport, deps: ExportDeps): Promise<void> {
  const { intent } = claimed.document
  if (!intent) return tryLater(claimed, { waitingFor: null, pauseMs: 0 }) // the call had no effect, and no other one had begun
  const rested = claimedAt(claimed, deps.leaseMs).getTime() - intent.at.getTime()
  const { _id, organization } = claimed.document
  deps.log.warn({ export: String(_id), organization: String(organization) }, 'export: the process that sent it stopped')
  deps.observe?.({ step: 'send', outcome: 'unclear' })
  const restMs = Math.max(0, Math.max(deps.settleMs, deps.timeoutMs) - rested)
  await becomeUnclear(claimed, { restMs, attempt: { step: 'send', outcome: 'unclear', detail: 'the process that sent it stopped' } })
}
