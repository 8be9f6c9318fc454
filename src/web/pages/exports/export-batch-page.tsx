import { BatchProgress, type BatchShown } from './export-batch-progress.tsx'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { targetName } from './target-name.ts'
import { exportBatchTexts } from './texts-export-batches.ts'
import { exportWords } from './texts-export-words.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

/** One bulk export: its progress, its actions, and a line for each candidate. */
export function ExportBatchPage({ shown }: { shown: BatchShown }) {
  const { language } = usePage()
  const t = exportBatchTexts(language)
  const { total, target, requestedBy, startedAt, id } = shown.batch
  return (
    <Layout
      title={t.title(total)}
      lead={
        <>
          {targetName(target, exportWords(language))} · {requestedBy} · <TimeAgo at={startedAt} />
        </>
      }
      actions={
        <>
          <a href="/exports/batches" role="button" class="quiet">
            {t.all}
          </a>
          <a href={`/exports/batches/${id}/result.csv`} role="button" class="quiet" download>
            {t.csv}
          </a>
        </>
      }
    >
      <section class="card">
        <BatchProgress shown={shown} />
      </section>
    </Layout>
  )
}
