import { isWebLink } from '../../candidates/candidate-input.ts'
import type { CandidateView } from '../../candidates/candidate-view.ts'
import type { Page } from '../../paging.ts'
import { Layout } from './layout.tsx'
import { usePage } from './page-context.ts'
import { candidatesTexts } from './texts-candidates.ts'

export interface CandidatesPageProps {
  candidates: Page<CandidateView>
  /** What was searched for; empty for all. */
  q: string
}

/** The candidates, newest first, and how far each is on the way into Lever and there. */
export function CandidatesPage({ candidates, q }: CandidatesPageProps) {
  const t = candidatesTexts(usePage().language)
  const isEmpty = candidates.data.length === 0
  return (
    <Layout title={t.title} lead={t.lead}>
      {isEmpty && q === '' ? null : <Search q={q} />}
      {isEmpty ? <NobodyHere q={q} /> : <Candidates candidates={candidates.data} />}
      {candidates.nextCursor === null ? null : (
        <p class="actions">
          <a
            href={`/candidates?${new URLSearchParams({ ...(q ? { q } : {}), cursor: candidates.nextCursor }).toString()}`}
            role="button"
            class="quiet"
          >
            {t.more}
          </a>
        </p>
      )}
    </Layout>
  )
}

function Search({ q }: { q: string }) {
  const t = candidatesTexts(usePage().language)
  return (
    <form action="/candidates" method="get" role="search" class="card">
      <fieldset role="group">
        <input type="search" name="q" value={q} aria-label={t.searchFor} placeholder={t.searchFor} maxlength={200} />
        <button type="submit">{t.search}</button>
      </fieldset>
    </form>
  )
}

function NobodyHere({ q }: { q: string }) {
  const t = candidatesTexts(usePage().language)
  return (
    <section class="card empty">
      <p>{q === '' ? t.byApi : t.nothingFound(q)}</p>
      <a href={q === '' ? '/api/docs' : '/candidates'} role="button" class="quiet">
        {q === '' ? t.apiDocs : t.showAll}
      </a>
    </section>
  )
}

function Candidates({ candidates }: { candidates: CandidateView[] }) {
  const t = candidatesTexts(usePage().language)
  return (
    <section class="card scroll">
      <table>
        <thead>
          <tr>
            {[t.name, t.contact, t.project, t.exported, t.inLever].map((heading) => (
              <th key={heading} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {candidates.map((candidate) => (
            <CandidateRow key={candidate.id} candidate={candidate} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function CandidateRow({ candidate }: { candidate: CandidateView }) {
  const { name, headline, emails, links, project, stage } = candidate
  return (
    <tr>
      <th scope="row">
        {name}
        {headline ? <div class="small">{headline}</div> : null}
      </th>
      <td>
        {[...emails, ...(emails.length === 0 ? links.slice(0, 1) : [])].map((address) => (
          <div key={address}>{address}</div>
        ))}
      </td>
      <td>
        {project}
        {stage ? <div class="small">{stage}</div> : null}
      </td>
      <td>{candidate.export ? <ExportStatus status={candidate.export.status} /> : null}</td>
      <td>
        <InLever name={name} lever={candidate.lever} />
      </td>
    </tr>
  )
}

const LOOKS: Record<string, string> = { exported: 'ok', duplicate: 'warn', failed: 'bad' }

function ExportStatus({ status }: { status: string }) {
  const t = candidatesTexts(usePage().language)
  const words: Record<string, string> = {
    queued: t.queued,
    running: t.running,
    exported: t.exportedStatus,
    duplicate: t.duplicate,
    failed: t.failed,
    canceled: t.canceled,
  }
  return <span class={`badge ${LOOKS[status] ?? ''}`}>{words[status] ?? status}</span>
}

function InLever({ name, lever }: { name: string; lever: CandidateView['lever'] }) {
  const t = candidatesTexts(usePage().language)
  if (!lever) return <span class="small">{t.notInLever}</span>
  const stage = lever.stage.text ?? lever.stage.id ?? 'Lever'
  const { archived, url } = lever
  return (
    <>
      {url && isWebLink(url) ? (
        <a href={url} target="_blank" rel="noopener noreferrer" title={t.openInLever(name)}>
          {stage}
        </a>
      ) : (
        stage
      )}
      {archived ? <div class="small">{archived.reasonText ? t.archived(archived.reasonText) : t.archivedPlain}</div> : null}
    </>
  )
}
