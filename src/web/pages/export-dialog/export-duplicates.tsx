import { ON_DUPLICATE } from '../../../export/export-model.ts'
import type { DuplicateView } from '../../../export/request/find-duplicates.ts'
import type { PreviewView } from '../../../export/request/preview-export.ts'
import { ASK_ANEW } from './export-job-field.tsx'
import { LeverLink } from '../kit/lever-link.tsx'
import type { ExportWishes } from './export-wish.ts'
import { usePage } from '../kit/page-context.ts'
import { Cell, Row, RowHead, Table } from '../kit/table.tsx'
import { exportDialogTexts } from './texts-export-dialog.ts'
import { exportWords } from '../exports/texts-export-words.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

/** The candidate's existing opportunities in Lever, and what to do about them. */
export function ExportDuplicates({ preview, wishes }: { preview: PreviewView | null; wishes: ExportWishes }) {
  const t = exportDialogTexts(usePage().language)
  if (preview === null || (preview.duplicatesChecked === 'no' && preview.duplicates.length === 0)) {
    return <p class="small">{preview?.duplicatesChecked === 'no' ? t.noneFoundByLink : t.notChecked}</p>
  }
  const { duplicates, target, confidentialVisible } = preview
  const job = target.kind === 'posting' ? (target.title ?? t.target) : null
  const isGeneralOnly = duplicates.length > 0 && duplicates.every(isGeneral)
  return (
    <>
      {duplicates.length === 0 ? (
        <p class="small">{preview.duplicatesChecked === 'lever' ? t.noneFound : t.noneFoundByLink}</p>
      ) : (
        <fieldset class="found">
          <legend>{t.found}</legend>
          <Table heads={[t.foundIn, t.foundPosting, t.foundOwner, t.foundArchived, t.foundWhen]} label={t.found}>
            {duplicates.map((duplicate, at) => (
              <FoundRow key={at} duplicate={duplicate} />
            ))}
          </Table>
          {isGeneralOnly && job !== null ? <p>{t.generalToJob(job)}</p> : null}
          <div {...ASK_ANEW}>
            <Choice wishes={wishes} words={{ stop: t.stop, link: t.link, create: job === null ? t.create : t.createOn(job) }} />
          </div>
        </fieldset>
      )}
      {confidentialVisible ? null : <p class="small">{t.confidentialHidden}</p>}
    </>
  )
}

/** True if the opportunity has no posting that the reader may see. */
export function isGeneral({ opportunityId, postings }: DuplicateView): boolean {
  return opportunityId !== null && postings.length === 0
}

function FoundRow({ duplicate }: { duplicate: DuplicateView }) {
  const { language } = usePage()
  const t = exportDialogTexts(language)
  const words = exportWords(language)
  const { stage, postings, owner, archived, createdAt, url, opportunityId } = duplicate
  if (opportunityId === null) {
    return (
      <Row>
        <RowHead>{words.confidentialRecord}</RowHead>
      </Row>
    )
  }
  const stageText = stage?.text ?? stage?.id ?? '–'
  return (
    <Row>
      <RowHead>
        {url === null ? (
          stageText
        ) : (
          <LeverLink url={url} label={`${stageText}: ${words.openFound}`}>
            {stageText}
          </LeverLink>
        )}
      </RowHead>
      <Cell head={t.foundPosting}>{postings.length === 0 ? words.general : postings.map(({ id, title }) => title ?? id).join(', ')}</Cell>
      <Cell head={t.foundOwner}>{owner?.name ?? '–'}</Cell>
      <Cell head={t.foundArchived}>{archived === null ? t.active : (archived.reasonText ?? words.archivedPlain)}</Cell>
      <Cell head={t.foundWhen}>{createdAt === null ? '–' : <TimeAgo at={createdAt} />}</Cell>
    </Row>
  )
}

/** The choice for candidates who are already in Lever. */
export function Choice({ wishes, words }: { wishes: ExportWishes; words: Record<(typeof ON_DUPLICATE)[number], string> }) {
  return (
    <>
      {ON_DUPLICATE.map((choice) => (
        <label key={choice}>
          <input
            type="radio"
            id={`duplicate-${choice}`}
            name="onDuplicate"
            value={choice}
            checked={choice === (wishes.onDuplicate ?? 'stop')}
          />{' '}
          {words[choice]}
        </label>
      ))}
    </>
  )
}
