import type { ConnectionView } from '../../../connection/connection-view.ts'
import type { ResourceAge } from '../../../mirror/record-ages.ts'
import { Fact } from '../kit/fact.tsx'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { overviewTexts, resourceTexts } from './texts-overview.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

export interface MirrorCardProps {
  sync: ConnectionView['sync']
  ages: readonly ResourceAge[]
}

/** The age of the data read from Lever. During a read it shows the progress and refreshes every two seconds. */
export function MirrorCard({ sync, ages }: MirrorCardProps) {
  const { language } = usePage()
  const t = overviewTexts(language)
  const isRunning = sync.state === 'running'
  const polling = isRunning ? { 'hx-get': '/settings/ats/mirror', 'hx-trigger': 'every 2s', 'hx-swap': 'outerHTML' } : {}
  return (
    <section class="card" id="mirror" aria-labelledby="mirror-title" {...polling}>
      <h2 id="mirror-title">{t.mirror}</h2>
      <p class="small">{t.mirrorLead}</p>
      <div role="status">{isRunning ? <Progress /> : sync.state === 'failed' ? <span class="badge bad">{t.syncFailed}</span> : null}</div>
      <dl class="facts">
        {ages.map(({ resource, records, readAt }) => {
          const at = readAt?.toISOString() ?? sync.finishedAt
          return (
            <Fact key={resource} name={resourceTexts(language)[resource]}>
              {isRunning ? (sync.resources[resource] ?? records) : records}
              <span class="small">{at === null ? t.notYet : <TimeAgo at={at} />}</span>
            </Fact>
          )
        })}
        {sync.opportunities ? <Opportunities opportunities={sync.opportunities} /> : null}
      </dl>
      {sync.opportunities?.deletions === 'refused' ? <p class="small">{t.deletionsRefused}</p> : null}
      <Form action="/settings/ats/sync">
        <button type="submit" class="quiet" disabled={isRunning}>
          {t.syncNow}
        </button>
      </Form>
    </section>
  )
}

/** The first read of everything takes a while; later reads cover only changes. */
function Opportunities({ opportunities }: { opportunities: NonNullable<ConnectionView['sync']['opportunities']> }) {
  const t = overviewTexts(usePage().language)
  const { complete, records, estimated, secondsLeft, sweptAt } = opportunities
  if (complete || estimated === null) {
    return (
      <Fact name={t.opportunities}>
        {records}
        <span class="small">{sweptAt === null ? t.notYet : <TimeAgo at={sweptAt} />}</span>
      </Fact>
    )
  }
  return (
    <Fact name={t.opportunities}>
      {t.opportunitiesOf(records, estimated)}
      {secondsLeft === null ? null : <span class="small">{t.minutesLeft(Math.ceil(secondsLeft / 60))}</span>}
      <progress aria-label={t.opportunities} max={estimated} value={Math.min(records, estimated)} />
    </Fact>
  )
}

function Progress() {
  const t = overviewTexts(usePage().language)
  return (
    <>
      <span class="small">{t.syncing}</span>
      <progress aria-label={t.syncing} />
    </>
  )
}
