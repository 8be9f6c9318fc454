import type { LeverClient } from '../../lever/client.ts'
import { updateContact } from '../../lever/contacts.ts'
import { addFile, listFiles } from '../../lever/files.ts'
import { LeverCallError } from '../../lever/lever-call-error.ts'
import { addLinks, addSources, type CreateOpportunityBody, type LeverOpportunity } from '../../lever/opportunities.ts'
import { isSameSource } from '../../lever/sources.ts'
import { classifyWriteError, isWorthAnotherTry } from '../../lever/write-outcome.ts'
import { assertLeaseHolds } from '../../work/claim.ts'
import { writeStep } from '../../work/write-step.ts'
import { refusedResume, resumeToSend, uploadOf } from './carried-resume.ts'
import { buildCreateRequest } from '../request/create-request.ts'
import { ExportModel, type ExportIntent } from '../export-model.ts'
import { budgetLane, type ClaimedExport } from './export-steps.ts'
import { isRefusal } from './lever-failure.ts'
import type { ExportDeps, ExportTerms } from './run-export-deps.ts'

type Unread = Pick<CreateOpportunityBody, 'emails' | 'phones' | 'links' | 'sources' | 'postings'>

/**
 * Returns the lists that were sent but are empty on the opportunity. Lever does not document how to name lists in a form; if it expects
 * other names, it creates the opportunity without them. A list that is not empty was read, even if the values differ: a known contact
 * keeps its own.
 */
export function unreadOf(body: CreateOpportunityBody, made: LeverOpportunity): Unread {
  const [source] = body.sources ?? []
  return {
    ...(body.emails && made.emails.length === 0 ? { emails: body.emails } : {}),
    ...(body.phones && made.phones.length === 0 ? { phones: body.phones } : {}),
    ...(body.links && made.links.length === 0 ? { links: body.links } : {}),
    ...(source && !made.sources.some((name) => isSameSource(name, source)) ? { sources: [source] } : {}),
    ...(body.postings && made.applicationIds.length === 0 ? { postings: body.postings } : {}),
  }
}

export function isWhole(unread: Unread): boolean {
  return Object.keys(unread).length === 0
}

/**
 * Completes an opportunity that an export created with a form, or without its résumé; never creates a second one. Anything that Lever
 * refuses stays missing and is noted in the export's attempts. May be repeated.
 * @returns whether the résumé is there
 * @throws LeverCallError if a later try may help
 */
export async function completeExport(
  claimed: ClaimedExport,
  made: LeverOpportunity,
  { client, terms }: { client: LeverClient; terms: ExportTerms },
  deps: ExportDeps,
): Promise<{ withResume: boolean }> {
  const { intent } = claimed.document
  const candidate = await deps.findCandidate(String(claimed.document.organization), String(claimed.document.candidate))
  if (!intent || !candidate || !(intent.resume || intent.resumeApart)) return { withResume: intent?.resume ?? false }
  const facts = { candidate, performAs: intent.performAs, postingId: intent.postingId ?? null, sourceName: intent.source }
  const { body } = buildCreateRequest({ ...facts, apiUrl: terms.apiUrl, stageId: terms.stageId })
  if (intent.resume) await addUnread(claimed, made, { client, unread: unreadOf(body, made), intent }, deps)
  if (!intent.resumeApart) return { withResume: true }
  const resume = resumeToSend(claimed.document, candidate)
  const file = resume && (await uploadOf(String(claimed.document.organization), resume, deps))
  if (!resume || !file) return { withResume: false }
  const add = () => addFile(client, { opportunityId: made.id, performAs: intent.performAs, file, ...writing(claimed) })
  const refusal = await refusalOfFile(() => hasFile(client, made.id, file.filename), add)
  if (refusal) await writeStep(ExportModel, claimed, { set: { resume: refusedResume(resume, refusal) } })
  return { withResume: refusal === null }
}

/** Looks for the file first, because an earlier call may have added it. @returns Lever's refusal of the look-up or of the file, if any */
async function refusalOfFile(isThere: () => Promise<boolean>, add: () => Promise<void>): Promise<LeverCallError | null> {
  try {
    return (await isThere()) ? null : await refusalOf(add)
  } catch (error) {
    if (error instanceof LeverCallError && isRefusal(error)) return error
    throw error
  }
}

async function hasFile(client: LeverClient, opportunityId: string, filename: string): Promise<boolean> {
  for await (const { name } of listFiles(client, opportunityId)) if (name === filename) return true
  return false
}

/** From now on, the connection's exports are sent as JSON, and their résumés as files. */
async function addUnread(
  claimed: ClaimedExport,
  made: LeverOpportunity,
  { client, unread, intent }: { client: LeverClient; unread: Unread; intent: ExportIntent },
  deps: ExportDeps,
): Promise<void> {
  if (isWhole(unread)) return
  const { emails, phones, links, sources, postings } = unread
  const { organization, _id } = claimed.document
  deps.log.warn({ export: String(_id), opportunity: made.id, unread: Object.keys(unread) }, 'Lever did not read all of an export form')
  await deps.noteFormsUnread(String(organization))
  const options = { performAs: intent.performAs, ...writing(claimed) }
  const missing = [
    ...(sources && (await refusalOf(() => addSources(client, made.id, sources, options))) ? ['source'] : []),
    ...(links && (await refusalOf(() => addLinks(client, made.id, links, options))) ? ['links'] : []),
    ...((emails ?? phones) &&
    (await cannotChangeContact(client, made, { ...(emails ? { emails } : {}), ...(phones ? { phones } : {}) }, claimed))
      ? ['email addresses and phones']
      : []),
    ...(postings ? ['job'] : []), // Lever's API cannot add a posting later
  ]
  const detail = missing.length === 0 ? null : `Lever did not read this part of the form: ${missing.join(', ')}. Add it in Lever.`
  await writeStep(ExportModel, claimed, { attempt: { step: 'complete', outcome: detail ? 'incomplete' : 'done', detail } })
}

async function cannotChangeContact(
  client: LeverClient,
  { contact }: LeverOpportunity,
  change: Parameters<typeof updateContact>[2],
  claimed: ClaimedExport,
): Promise<boolean> {
  return contact === null || (await refusalOf(() => updateContact(client, contact, change, writing(claimed)))) !== null
}

/** Each write follows a step that fails once the person is erased. */
function writing(claimed: ClaimedExport) {
  const prepare = async (): Promise<void> => {
    await writeStep(ExportModel, claimed, { set: { waitingFor: null }, now: ['intent.completingAt'], unlessErased: true })
  }
  return { prepare, beforeSend: (): void => assertLeaseHolds(claimed), lane: budgetLane(claimed.document) }
}

/**
 * Lever's refusal of a write; null if it succeeded, also if the body of the answer did not arrive. @throws an error if another try may help
 */
async function refusalOf(call: () => Promise<void>): Promise<LeverCallError | null> {
  try {
    await call()
    return null
  } catch (error) {
    if (classifyWriteError(error) === 'doneIdUnknown') return null
    if (error instanceof LeverCallError && !isWorthAnotherTry(error)) return error
    throw error
  }
}
