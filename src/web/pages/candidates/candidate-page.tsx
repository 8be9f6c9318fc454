import { isWebLink } from '../../../candidates/candidate-input.ts'
import type { CandidateView } from '../../../candidates/candidate-view.ts'
import type { ShownConversation } from '../../../conversations/conversation-view.ts'
import type { ServiceError } from '../../../errors.ts'
import type { ExportView } from '../../../export/export-view.ts'
import type { TimelineEntry } from '../../../timeline/candidate-timeline.ts'
import { CandidateConversations } from './candidate-conversations.tsx'
import { CandidateInLever } from './candidate-in-lever.tsx'
import { CandidateTimeline } from './candidate-timeline.tsx'
import { exportHeads, ExportRow } from '../exports/export-row.tsx'
import type { ExportBlocker } from '../export-dialog/export-blocker.ts'
import { isOpen } from '../exports/export-status.tsx'
import { ExportDialog, ExportToAtsForm } from '../export-dialog/export-to-ats.tsx'
import { Fact } from '../kit/fact.tsx'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { Table } from '../kit/table.tsx'
import { candidatesTexts } from './texts-candidates.ts'
import { exportDialogTexts } from '../export-dialog/texts-export-dialog.ts'
import { exportsTexts } from '../exports/texts-exports.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

export interface CandidatePageProps {
  candidate: CandidateView
  /** Newest first, limited to what this person may see. */
  history: ExportView[]
  timeline: TimelineEntry[]
  conversations: ShownConversation[]
  /** IANA name, for times of day. */
  timeZone: string
  /** Why no notes of conversations are written now. */
  notesProblem: ServiceError | null
  blocker: ExportBlocker | null
}

/** One candidate: profile, place in Lever, and every export. */
export function CandidatePage({ candidate, history, timeline, conversations, timeZone, notesProblem, blocker }: CandidatePageProps) {
  const { id, name, headline } = candidate
  const t = candidatesTexts(usePage().language)
  return (
    <Layout title={name} lead={headline} scripts={['export-dialog.js', 'export-job.js']}>
      <p class="small">
        <a href="/candidates">{t.back}</a>
      </p>
      <section class="card">
        <ExportToAtsForm blocker={blocker}>
          <input type="hidden" name="id" value={id} />
        </ExportToAtsForm>
        <Details candidate={candidate} />
      </section>
      <History candidate={candidate} history={history} />
      <CandidateConversations {...{ candidate, conversations, timeZone, notesProblem }} />
      <CandidateTimeline entries={timeline} />
      <ExportDialog />
    </Layout>
  )
}

function Details({ candidate }: { candidate: CandidateView }) {
  const { language } = usePage()
  const t = candidatesTexts(language)
  const { name, emails, phones, links, profileUrl, location, tags, project, stage, externalId, summary, resume, lever } = candidate
  const facts: [string, string | undefined][] = [
    [t.emails, emails.join(', ')],
    [t.phones, phones.map(({ value }) => value).join(', ')],
    [t.location, location],
    [t.tags, tags.join(', ')],
    [t.project, project],
    [t.stage, stage],
    [exportDialogTexts(language).resume, resume?.filename],
    [t.summary, summary],
    [t.externalId, externalId],
  ]
  return (
    <dl class="facts columns">
      <Fact name={t.inLever}>
        <CandidateInLever name={name} lever={lever} />
      </Fact>
      {lever?.updatedAt ? (
        <Fact name={t.changed}>
          <TimeAgo at={lever.updatedAt} />
        </Fact>
      ) : null}
      {facts
        .filter(([, value]) => value)
        .map(([fact, value]) => (
          <Fact key={fact} name={fact}>
            {value}
          </Fact>
        ))}
      {links.length === 0 ? null : (
        <Fact name={t.links}>
          <Links links={links} />
        </Fact>
      )}
      {profileUrl === undefined ? null : (
        <Fact name={t.profile}>
          <Links links={[profileUrl]} />
        </Fact>
      )}
    </dl>
  )
}

function Links({ links }: { links: string[] }) {
  return (
    <>
      {links.map((link) => (
        <div key={link}>
          {isWebLink(link) ? (
            <a href={link} target="_blank" rel="noopener noreferrer">
              {link}
            </a>
          ) : (
            link
          )}
        </div>
      ))}
    </>
  )
}

function History({ candidate: { id, name }, history }: { candidate: CandidateView; history: ExportView[] }) {
  const { language, caller } = usePage()
  const t = candidatesTexts(language)
  const poll = history.some(isOpen)
    ? { 'hx-get': `/candidates/${id}`, 'hx-trigger': 'every 3s', 'hx-select': '#history', 'hx-target': 'this', 'hx-swap': 'outerHTML' }
    : {}
  return (
    <section class="card" id="history" data-refresh aria-labelledby="history-title" {...poll}>
      <h2 id="history-title">{t.history}</h2>
      {history.length === 0 ? (
        <p>{t.noHistory}</p>
      ) : (
        <Table heads={exportHeads(exportsTexts(language), false)} label={t.history}>
          {history.map((view) => (
            <ExportRow key={view.id} view={view} name={name} withCandidate={false} />
          ))}
        </Table>
      )}
      {caller?.role === 'sourcer' ? <p class="small">{t.ownOnly}</p> : null}
    </section>
  )
}
