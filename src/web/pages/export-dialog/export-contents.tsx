import type { CandidateView } from '../../../candidates/candidate-view.ts'
import { linksOf } from '../../../export/request/create-request.ts'
import type { PreviewView } from '../../../export/request/preview-export.ts'
import type { ExportWishes } from './export-wish.ts'
import { Fact } from '../kit/fact.tsx'
import { usePage } from '../kit/page-context.ts'
import { targetName } from '../exports/target-name.ts'
import { candidatesTexts } from '../candidates/texts-candidates.ts'
import { exportDialogTexts } from './texts-export-dialog.ts'

interface ContentsProps {
  candidate: CandidateView
  preview: PreviewView | null
  wishes: ExportWishes
}

/** The data that the export sends for a candidate, as text and, if available, as the exact request. */
export function ExportContents({ candidate, preview, wishes }: ContentsProps) {
  const { language } = usePage()
  const t = exportDialogTexts(language)
  if (preview && preview.duplicates.length > 0 && wishes.onDuplicate !== 'create') {
    return (
      <section class="contents">
        <h2>{t.willBeSent}</h2>
        <p>{wishes.onDuplicate === 'link' ? t.noteAlone : t.nothing}</p>
      </section>
    )
  }
  const words = candidatesTexts(language)
  const { name, headline, location, emails, phones, tags, resume } = candidate
  const facts: [string, string | undefined][] = [
    [words.name, name],
    [words.headline, headline],
    [words.location, location],
    [words.emails, emails.join(', ')],
    [words.phones, phones.map(({ value }) => value).join(', ')],
    [words.links, linksOf(candidate).join(', ')],
    [words.tags, tags.join(', ')],
    [t.resume, resume?.filename],
  ]
  return (
    <section class="contents">
      <h2>{t.willBeSent}</h2>
      <dl class="facts">
        {preview === null ? null : <Destination preview={preview} />}
        {facts
          .filter(([, value]) => value)
          .map(([fact, value]) => (
            <Fact key={fact} name={fact}>
              {value}
            </Fact>
          ))}
      </dl>
      {preview?.request ? (
        <details>
          <summary>{t.theRequest}</summary>
          <pre tabIndex={0}>
            <code>{JSON.stringify(preview.request, null, 2)}</code>
          </pre>
        </details>
      ) : null}
    </section>
  )
}

/** The target of the export and its perform-as user. */
export function Destination({ preview }: { preview: Pick<PreviewView, 'target' | 'stage' | 'source' | 'performAs'> }) {
  const t = exportDialogTexts(usePage().language)
  const { target, stage, source, performAs } = preview
  return (
    <>
      <Fact name={t.target}>{targetName(target, t)}</Fact>
      <Fact name={t.stage}>{stage.text ?? stage.id}</Fact>
      <Fact name={t.source}>{source}</Fact>
      {performAs === null ? null : (
        <Fact name={t.owner}>
          {performAs.leverName ?? performAs.leverEmail ?? performAs.leverUserId} <span class="small">{t.ownerHint}</span>
        </Fact>
      )}
    </>
  )
}
