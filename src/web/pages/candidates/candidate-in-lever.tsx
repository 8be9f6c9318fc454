import { isWebLink } from '../../../candidates/candidate-input.ts'
import type { CandidateView } from '../../../candidates/candidate-view.ts'
import { LeverLink } from '../kit/lever-link.tsx'
import { usePage } from '../kit/page-context.ts'
import { candidatesTexts } from './texts-candidates.ts'
import { exportWords } from '../exports/texts-export-words.ts'

/** The candidate's stage in Lever as last read, with a link. */
export function CandidateInLever({ name, lever }: Pick<CandidateView, 'name' | 'lever'>) {
  const { language } = usePage()
  const t = candidatesTexts(language)
  const words = exportWords(language)
  if (!lever) return <span class="small">{t.notInLever}</span>
  if (lever.opportunityId === null) return <span class="small">{words.confidentialRecord}</span>
  const stage = lever.stage.text ?? lever.stage.id ?? 'Lever'
  const { archived, url } = lever
  return (
    <>
      {url && isWebLink(url) ? (
        <LeverLink url={url} label={`${stage}: ${t.openInLever(name)}`}>
          {stage}
        </LeverLink>
      ) : (
        stage
      )}
      {archived ? <div class="small">{archived.reasonText ? words.archived(archived.reasonText) : words.archivedPlain}</div> : null}
    </>
  )
}
