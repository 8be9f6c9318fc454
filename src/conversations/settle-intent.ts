import { claimedAt, hasGivenUp } from '../work/try-again.ts'
import { writeStep } from '../work/write-step.ts'
import { ConversationModel, type WrittenNote } from './conversation-model.ts'
import { fail, giveBack, tryLater } from './conversation-steps.ts'
import { hashOf, lookForNote } from './look-for-note.ts'
import { lookFailed, OUTCOME_UNKNOWN } from './note-failure.ts'
import type { NoteRun, Part } from './note-run.ts'

/** A note is not sent again before this many searches have failed to find it. */
const LOOKS = 3

/** The intent of a POST that was sent, or may have been. */
interface Intent {
  opportunityId: string
  intentAt: Date
}

type FoundNote = Pick<WrittenNote, 'hash'> & { noteId: string }

/**
 * Determines the outcome of a POST that was never answered. Resolves to the note if it was found, `send` after enough failed searches, or
 * `rests`.
 */
export async function settleIntent(run: NoteRun, part: Part, intent: Intent): Promise<FoundNote | 'rests' | 'send'> {
  const { claimed, deps, document } = run
  const restMs = Math.max(deps.settleMs, deps.timeoutMs) - (claimedAt(claimed, deps.leaseMs).getTime() - intent.intentAt.getTime())
  if (restMs > 0) {
    await writeStep(ConversationModel, claimed, { set: { waitingFor: 'settling' }, release: restMs })
    return 'rests'
  }
  const found = await look(run, part, intent)
  if (!found) return 'rests'
  if (found.noteId === null) return notFound(run, found.canSee)
  return { noteId: found.noteId, hash: document.pending?.hash ?? hashOf(part.text) }
}

async function notFound(run: NoteRun, canSee: boolean): Promise<'rests' | 'send'> {
  const { pending } = run.document
  const { looks = 0, certain, isDecided, mayStandSince, done = 0 } = pending ?? {}
  const isLookedFor = isDecided || (!certain && looks + 1 >= LOOKS)
  if (!isDecided && (!canSee || hasGivenUp(run.document, claimedAt(run.claimed, run.deps.leaseMs)))) await fail(run, OUTCOME_UNKNOWN)
  else if (!isLookedFor) {
    const pauseMs = run.deps.settleMs * 2 ** Math.min(looks, 10)
    await tryLater(run, { waitingFor: 'settling', pauseMs, set: { 'pending.looks': looks + 1 } })
  } else if (mayStandSince && done === 0) await giveBack(run.claimed, { pending: null, waitingFor: null, tries: 0, tryingSince: null })
  else return 'send'
  return 'rests'
}

async function look(
  { claimed, deps, document }: NoteRun,
  { text }: Part,
  { opportunityId, intentAt: since }: Intent,
): Promise<Awaited<ReturnType<typeof lookForNote>> | null> {
  const { organization, pending } = document
  try {
    const client = await deps.leverClient(String(organization))
    return await lookForNote(client, {
      organization,
      opportunityId,
      since,
      text,
      secret: pending?.secret ?? false,
      hash: pending?.hash ?? null,
    })
  } catch (error) {
    await lookFailed({ claimed, deps, document }, error)
    return null
  }
}
