import { ExportPanel, titleOf } from './export-panel.tsx'
import { ExportProgress } from './export-progress-panel.tsx'
import type { Progress } from './export-progress.ts'
import type { ExportQuestion } from './export-question.ts'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { exportDialogTexts } from './texts-export-dialog.ts'

const SCRIPTS = ['export-dialog.js', 'export-job.js']

/** The content of the dialog. */
export function ExportDialogContent({ question }: { question: ExportQuestion }) {
  const t = exportDialogTexts(usePage().language)
  return (
    <article>
      <header>
        <h2 id="export-title" tabIndex={-1}>
          {titleOf(question, t)}
        </h2>
      </header>
      <ExportPanel question={question} />
    </article>
  )
}

/** The dialog's content as a full page. */
export function ExportPage({ question }: { question: ExportQuestion }) {
  const t = exportDialogTexts(usePage().language)
  return (
    <Layout title={titleOf(question, t)} width="narrow" scripts={SCRIPTS}>
      <section class="card">
        <ExportPanel question={question} />
      </section>
    </Layout>
  )
}

export function ProgressPage({ progress, address }: { progress: Progress; address: string }) {
  const t = exportDialogTexts(usePage().language)
  const [first] = progress.lines
  const title = progress.lines.length === 1 && first?.name ? t.title(first.name) : t.titleMany(progress.lines.length)
  return (
    <Layout title={title} width="narrow" scripts={SCRIPTS}>
      <section class="card">
        <ExportProgress progress={progress} address={address} />
      </section>
    </Layout>
  )
}

interface NobodyChosen {
  why: 'tooMany' | 'allGone' | 'nobodyChosen'
  most: number
  isDialog: boolean
}

/** Shown when no candidate, or too many, were selected; in the dialog, only its content. */
export function NobodyChosenPage({ why, most, isDialog }: NobodyChosen) {
  const t = exportDialogTexts(usePage().language)
  const title = { tooMany: t.tooMany(most), allGone: t.allGone, nobodyChosen: t.nobodyChosen }[why]
  const next = <p>{why === 'tooMany' ? t.tooManyNext : t.nobodyChosenNext}</p>
  const back = (
    <a href="/candidates" role="button" class="quiet" data-close>
      {isDialog ? t.close : t.toCandidates}
    </a>
  )
  if (!isDialog) {
    return (
      <Layout title={title} width="narrow">
        <section class="card">
          {next}
          {back}
        </section>
      </Layout>
    )
  }
  return (
    <article>
      <header>
        <h2 id="export-title" tabIndex={-1}>
          {title}
        </h2>
      </header>
      {next}
      <div class="actions end">{back}</div>
    </article>
  )
}
