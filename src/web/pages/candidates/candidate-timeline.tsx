import type { TimelineEntry } from '../../../timeline/candidate-timeline.ts'
import { usePage } from '../kit/page-context.ts'
import { timelineTexts } from './texts-timeline.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

/** The history of a candidate, here and in Lever, newest first. */
export function CandidateTimeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const t = timelineTexts(usePage().language)
  return (
    <section class="card" id="timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">{t.title}</h2>
      {entries.length === 0 ? (
        <p>{t.nothingYet}</p>
      ) : (
        <ol class="timeline">
          {entries.map((entry) => (
            <li key={entry.id}>
              <Words entry={entry} />
              <div class="small">
                <TimeAgo at={entry.at} /> <Who entry={entry} />
              </div>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Words({ entry: { kind, stage, archiveReason, error } }: { entry: TimelineEntry }) {
  const t = timelineTexts(usePage().language)
  switch (kind) {
    case 'stage':
      return <>{t.stage(stage?.text ?? stage?.id ?? '')}</>
    case 'archived':
    case 'hired':
      return <>{archiveReason?.text ? t[`${kind}Because`](archiveReason.text) : t[kind]}</>
    default:
      return (
        <>
          {t[kind]}
          {error === null ? null : <span class="small"> {error.detail}</span>}
        </>
      )
  }
}

/** The person who requested an export or acted in Lever. */
function Who({ entry: { kind, requestedBy, by } }: { entry: TimelineEntry }) {
  const t = timelineTexts(usePage().language)
  if (kind === 'exportRequested' && requestedBy !== null) return <>{t.requestedBy(requestedBy)}</>
  return by === null ? null : <>{t.inLeverBy(by.name ?? by.leverUserId)}</>
}
