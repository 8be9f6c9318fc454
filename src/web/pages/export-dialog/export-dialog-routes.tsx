import { z } from 'zod'
import { clearanceOf } from '../../../accounts/clearance.ts'
import { actorOf } from '../../../accounts/caller.ts'
import { isServiceError } from '../../../errors.ts'
import type { Exports } from '../../../export/exports.ts'
import { MOST_IN_BULK } from '../../../export/bulk/request-bulk.ts'
import type { Candidates } from '../../../candidates/candidates.ts'
import type { Idempotency } from '../../api/idempotency.ts'
import { parseAddress, parseForm } from '../../shell/page-session.ts'
import { personOf } from '../../shell/require-person.ts'
import { seeOther } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { ExportDialogContent, ExportPage, NobodyChosenPage, ProgressPage } from './export-frames.tsx'
import { JobOptions } from './export-job-field.tsx'
import { searchJobs } from './export-jobs.ts'
import { ExportDetails, ExportPanel } from './export-panel.tsx'
import { ExportProgress, fingerprintOf } from './export-progress-panel.tsx'
import { ownOf } from '../exports/export-own.ts'
import { ProgressQuery, readProgress } from './export-progress.ts'
import { askBeforeExport, type ExportQuestion, type QuestionDeps } from './export-question.ts'
import { sendExports } from './export-send.ts'
import { ChosenQuery, ExportForm, type ExportWishes } from './export-wish.ts'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { renderFragment, renderPage } from '../kit/render-page.tsx'

export interface ExportPagesDeps extends QuestionDeps {
  exports: Exports
  candidates: QuestionDeps['candidates'] & Pick<Candidates, 'findIds'>
  idempotency: Pick<Idempotency, 'once'>
}

/** **Export to ATS**: the dialog and its answer; without scripts, each is a page. */
export function exportDialogRoutes(deps: ExportPagesDeps): PageRoute[] {
  return [
    page.get('/candidates/export', { access: 'sourcer' }, (ctx) => openDialog(ctx, parseAddress(ctx, ChosenQuery), deps)),
    page.post('/candidates/export/open', { access: 'sourcer' }, (ctx) => openDialog(ctx, parseForm(ctx, ChosenQuery), deps)),
    page.get('/candidates/export/jobs', { access: 'sourcer' }, (ctx) => showJobs(ctx, deps)),
    page.post('/candidates/export/preview', { access: 'sourcer' }, (ctx) => showDetails(ctx, deps)),
    page.post('/candidates/export', { access: 'sourcer' }, (ctx) => send(ctx, deps)),
  ]
}

/** The progress of exports, and retrying failed ones. */
export function exportProgressRoutes(deps: ExportPagesDeps): PageRoute[] {
  return [
    page.get('/exports/progress', { access: 'sourcer' }, (ctx) => showProgress(ctx, deps)),
    page.post('/exports/progress', { access: 'sourcer' }, (ctx) => retry(ctx, deps)),
  ]
}

async function openDialog(ctx: SiteContext, { matching, ...chosen }: z.output<typeof ChosenQuery>, deps: ExportPagesDeps): Promise<void> {
  const { findIds } = deps.candidates
  const all = matching && (await findIds(personOf(ctx).organization, matching.filters, { atMost: MOST_IN_BULK + 1, order: matching.order }))
  const question = await ask(ctx, all ? { ...chosen, candidateIds: all } : chosen, deps)
  if (question === null) return
  if (isByHtmx(ctx)) renderFragment(ctx, <ExportDialogContent question={question} />)
  else renderPage(ctx, <ExportPage question={question} />)
}

/** Resolves to null after it has answered with a page that says why nothing can be exported. */
async function ask(ctx: SiteContext, wishes: ExportWishes, deps: ExportPagesDeps): Promise<ExportQuestion | null> {
  const question = wishes.candidateIds.length > MOST_IN_BULK ? null : await askBeforeExport(personOf(ctx), wishes, deps)
  if (question !== null && question.candidates.length > 0) return question
  const why = question === null ? 'tooMany' : question.gone > 0 ? 'allGone' : 'nobodyChosen'
  const content = <NobodyChosenPage why={why} most={MOST_IN_BULK} isDialog={isByHtmx(ctx)} />
  if (isByHtmx(ctx)) renderFragment(ctx, content)
  else renderPage(ctx, content, { status: 422 })
  return null
}

async function showJobs(ctx: SiteContext, { mirror }: ExportPagesDeps): Promise<void> {
  const { q } = parseAddress(ctx, z.object({ q: z.string().trim().max(200).default('') }))
  const person = personOf(ctx)
  const { jobs } = await searchJobs(person.organization, q, clearanceOf(person), mirror)
  renderFragment(ctx, <JobOptions jobs={jobs} />)
}

/** Shows the question again after another job or requisition was chosen. */
async function showDetails(ctx: SiteContext, deps: ExportPagesDeps): Promise<void> {
  const question = await ask(ctx, parseForm(ctx, ExportForm), deps)
  if (question === null) return
  if (isByHtmx(ctx)) renderFragment(ctx, <ExportDetails question={question} />)
  else renderPage(ctx, <ExportPage question={question} />)
}

/** Refuses everything if the person or the target is not allowed; otherwise each candidate has its own line in the progress. */
async function send(ctx: SiteContext, deps: ExportPagesDeps): Promise<void> {
  const person = personOf(ctx)
  const wishes = parseForm(ctx, ExportForm)
  const { postingId, requisitionId } = wishes
  const { problems } = await deps.exports.assess({
    organization: person.organization,
    requestedBy: person.email,
    postingId,
    requisitionId,
    clearance: clearanceOf(person),
  })
  if (problems.length === 0 && wishes.candidateIds.length > 0 && wishes.candidateIds.length <= MOST_IN_BULK) {
    return seeOther(ctx, await sendExports(person, wishes, deps))
  }
  const question = await ask(ctx, wishes, deps)
  if (question === null) return
  if (isByHtmx(ctx)) renderFragment(ctx, <ExportPanel question={question} />)
  else renderPage(ctx, <ExportPage question={question} />, { status: problems[0]?.status ?? 422 })
}

async function showProgress(ctx: SiteContext, deps: ExportPagesDeps): Promise<void> {
  const { seen, ...query } = parseAddress(ctx, ProgressQuery)
  const progress = await readProgress(personOf(ctx), query, deps)
  const address = ctx.url.replace(/&seen=[\w-]*$/, '')
  if (!isByHtmx(ctx)) return renderPage(ctx, <ProgressPage progress={progress} address={address} />)
  if (seen === fingerprintOf(progress) && !progress.isFinished) ctx.status = 204
  else renderFragment(ctx, <ExportProgress progress={progress} address={address} />)
}

const RetryForm = z.object({ retry: z.string(), progress: z.string() })

/** Retries a failed export and returns to the progress of all, also if that export is already running again. */
async function retry(ctx: SiteContext, { exports }: ExportPagesDeps): Promise<void> {
  const person = personOf(ctx)
  const form = parseForm(ctx, RetryForm)
  await exports.get(person.organization, form.retry, clearanceOf(person), ownOf(person))
  await exports.retry(person.organization, form.retry, actorOf(person), clearanceOf(person)).catch((error: unknown) => {
    if (!isServiceError(error, 'not_retryable') && !isServiceError(error, 'already_exported')) throw error
  })
  seeOther(ctx, `/exports/progress?${new URLSearchParams(form.progress).toString()}`)
}

function isByHtmx(ctx: SiteContext): boolean {
  return ctx.get('HX-Request') === 'true'
}
