import type { CandidateView } from '../../../candidates/candidate-view.ts'
import type { DuplicateView } from '../../../export/request/find-duplicates.ts'
import type { BulkPreviewView } from '../../../export/bulk/preview-bulk.ts'
import { Destination } from './export-contents.tsx'
import { Choice, isGeneral } from './export-duplicates.tsx'
import { ExportProblem } from './export-problem.tsx'
import type { ExportQuestion } from './export-question.ts'
import { usePage } from '../kit/page-context.ts'
import { Cell, Row, RowHead, Table } from '../kit/table.tsx'
import { exportDialogTexts } from './texts-export-dialog.ts'
import { exportWords } from '../exports/texts-export-words.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

/** The export of several candidates: the target, what a preview of the first ones found, and what to do about those already in Lever. */
export function ManyCandidates({ question }: { question: ExportQuestion }) {
  const { candidates, total, many, wishes } = question
  const t = exportDialogTexts(usePage().language)
  const job = many?.target.kind === 'posting' ? (many.target.title ?? t.target) : null
  const skipped = many?.data.filter(({ problems }) => problems.length > 0).length ?? 0
  const shown = candidates.length < total ? candidates.length : null
  const generals = job === null ? 0 : (many?.data.filter(({ duplicates }) => isGeneralOnly(duplicates)).length ?? 0)
  return (
    <>
      <section class="contents">
        <h3>{t.willBeSent}</h3>
        {many === null ? null : (
          <dl class="facts">
            <Destination preview={many} />
          </dl>
        )}
        <p class="small">{t.sentOfEach}</p>
      </section>
      {skipped === 0 ? null : (
        <p class="notice" role="status">
          {t.skipped(skipped, shown)}
        </p>
      )}
      <details class="people" open={total <= 10}>
        <summary>{`${t.people}: ${total}`}</summary>
        <Table heads={[t.people, t.seenInLever]} label={t.people}>
          {candidates.map((candidate) => (
            <CandidateRow key={candidate.id} candidate={candidate} many={many} />
          ))}
        </Table>
        {candidates.length < total ? <p class="small">{t.andMore(total - candidates.length)}</p> : null}
      </details>
      <fieldset class="found">
        <legend>{t.foundMany}</legend>
        {generals > 0 && job !== null ? <p>{t.generalsToJob(generals, job)}</p> : null}
        <Choice wishes={wishes} words={{ stop: t.stop, link: t.linkMany, create: job === null ? t.create : t.createOn(job) }} />
      </fieldset>
    </>
  )
}

function isGeneralOnly(duplicates: readonly DuplicateView[]): boolean {
  return duplicates.length > 0 && duplicates.every(isGeneral)
}

function CandidateRow({ candidate: { id, name }, many }: { candidate: CandidateView; many: BulkPreviewView | null }) {
  const t = exportDialogTexts(usePage().language)
  const told = many?.data.find(({ candidateId }) => candidateId === id)
  const [problem] = told?.problems ?? []
  return (
    <Row>
      <RowHead>{name}</RowHead>
      <Cell head={t.seenInLever}>{problem ? <ExportProblem problem={problem} /> : <SeenOf duplicates={told?.duplicates ?? []} />}</Cell>
    </Row>
  )
}

function SeenOf({ duplicates }: { duplicates: readonly DuplicateView[] }) {
  const { language } = usePage()
  const t = exportDialogTexts(language)
  const words = exportWords(language)
  const [newest] = duplicates
  if (!newest) return <span class="small">{t.notSeen}</span>
  if (newest.opportunityId === null) return <>{words.confidentialRecord}</>
  const { stage, postings, owner, archived, createdAt } = newest
  const where = postings.length === 0 ? words.general : postings.map(({ id, title }) => title ?? id).join(', ')
  const state = archived && (archived.reasonText ? words.archived(archived.reasonText) : words.archivedPlain)
  return (
    <>
      {[stage?.text ?? stage?.id, where, owner?.name, state].filter(Boolean).join(' · ')}
      {createdAt === null ? null : (
        <>
          {' · '}
          <TimeAgo at={createdAt} />
        </>
      )}
    </>
  )
}
