import type { PostingView } from '../../../mirror/mirrored-lists.ts'
import type { JobOffer } from './export-jobs.ts'
import type { ExportWishes } from './export-wish.ts'
import { usePage } from '../kit/page-context.ts'
import { exportDialogTexts } from './texts-export-dialog.ts'

interface FieldProps {
  offer: JobOffer
  wishes: ExportWishes
}

/** Requests a new preview when a field that affects the export changes. */
export const ASK_ANEW = {
  'hx-post': '/candidates/export/preview',
  'hx-trigger': 'change',
  'hx-target': '#export-details',
  'hx-swap': 'outerHTML',
  'hx-sync': 'this:replace',
}

/**
 * **Job**: a list to choose from, which a script makes searchable. If Lever has more open jobs than the list holds, the script queries
 * `data-search`; without scripts, a separate field searches.
 */
export function JobField({ offer, wishes }: FieldProps) {
  const t = exportDialogTexts(usePage().language)
  const { postingId, jobSearch } = wishes
  return (
    <div class="field" {...ASK_ANEW}>
      <label for="export-job">{t.job}</label>
      <select
        id="export-job"
        name="postingId"
        aria-describedby="job-hint"
        data-combobox
        data-none-found={t.noJobFound}
        data-choices={t.choices}
        data-search={offer.hasMore || jobSearch ? '/candidates/export/jobs' : undefined}
      >
        <option value="">{t.noJob}</option>
        <JobOptions jobs={offer.jobs} chosen={postingId} />
      </select>
      <p class="small hint" id="job-hint" hidden data-hint>
        {t.jobHint}
      </p>
      {offer.hasMore || jobSearch ? (
        <noscript>
          <label>
            {t.findJob}
            <input type="search" name="jobSearch" value={jobSearch} maxlength={200} />
          </label>
          <p class="small hint">{t.moreJobs}</p>
        </noscript>
      ) : null}
    </div>
  )
}

export function JobOptions({ jobs, chosen }: { jobs: PostingView[]; chosen?: string | undefined }) {
  const t = exportDialogTexts(usePage().language)
  return (
    <>
      {jobs.map(({ id, text, location, team, confidentiality }) => (
        <option key={id} value={id} selected={id === chosen}>
          {[text, location, team, confidentiality === 'confidential' ? t.confidential : null].filter(Boolean).join(' · ')}
        </option>
      ))}
    </>
  )
}

/** **Requisition**: lists the job's requisitions. Without a job it lists all open ones, and choosing one implies its only open job. */
export function RequisitionField({ offer, wishes }: FieldProps) {
  const t = exportDialogTexts(usePage().language)
  const { requisitions } = offer
  return (
    <div class="field" {...ASK_ANEW}>
      <label for="export-requisition">{t.requisition}</label>
      <select id="export-requisition" name="requisitionId">
        <option value="">{t.noRequisition}</option>
        {requisitions.map(({ id, name, requisitionCode }) => (
          <option key={id} value={id} selected={id === wishes.requisitionId}>
            {[requisitionCode, name].filter(Boolean).join(' · ')}
          </option>
        ))}
      </select>
    </div>
  )
}
