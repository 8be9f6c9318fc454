import { z } from 'zod'
import { actorOf } from '../../../accounts/caller.ts'
import type { Candidates } from '../../../candidates/candidates.ts'
import { EMPTY_FILE } from '../../../candidates/csv/csv-header.ts'
import { isServiceError, type ServiceError } from '../../../errors.ts'
import { LARGEST_XLSX_BYTES } from '../../../candidates/xlsx/spreadsheet-as-csv.ts'
import { importsOf } from '../../api/candidate-imports.ts'
import { parseAddress } from '../../shell/page-session.ts'
import { personOf } from '../../shell/require-person.ts'
import { uploadedFile } from '../../shell/uploaded-file.ts'
import { seeOther } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { ImportPage, ImportPreview } from './import-page.tsx'
import { ImportProgressPage, ImportProgressPart } from './import-result-page.tsx'
import { Notice } from '../kit/notice.tsx'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { problemWords } from '../kit/problem-words.ts'
import { renderFragment, renderPage } from '../kit/render-page.tsx'
import { importTexts } from './texts-import.ts'

const LIMIT_BYTES = 50 * 1024 * 1024
/** The beginning of a CSV file is enough for the preview, and a workbook is never larger. */
const PREVIEW_BYTES = LARGEST_XLSX_BYTES + 1024

type Deps = Pick<Candidates, 'importFile' | 'getImport' | 'previewCsv'>

/** **Import CSV**. */
export function importRoutes({ candidates }: { candidates: Deps }): PageRoute[] {
  return [
    page.get('/candidates/import', { access: 'sourcer' }, (ctx) => renderPage(ctx, <ImportPage problem={null} />)),
    page.post('/candidates/import', { access: 'sourcer' }, (ctx) => importFile(ctx, candidates)),
    page.post('/candidates/import/preview', { access: 'sourcer' }, (ctx) => preview(ctx, candidates)),
    page.get('/candidates/imports/:id', { access: 'sourcer' }, async (ctx) => {
      const id = ctx.params['id'] ?? ''
      const person = personOf(ctx)
      const progress = await candidates.getImport(person.organization, id, importsOf(person))
      if (ctx.get('HX-Request') !== 'true') renderPage(ctx, <ImportProgressPage id={id} progress={progress} />)
      else if (progress.status === 'running') renderFragment(ctx, <ImportProgressPart id={id} progress={progress} />)
      else refresh(ctx)
    }),
  ]
}

/** Shows how the head of a file is read, or why it cannot be. */
async function preview(ctx: SiteContext, candidates: Deps): Promise<void> {
  try {
    const head = await uploadedFile(ctx.req, { field: 'file', limitBytes: PREVIEW_BYTES })
    renderFragment(ctx, <ImportPreview preview={await candidates.previewCsv(head)} />)
  } catch (error) {
    if (!isServiceError(error) || error.status >= 500) throw error
    renderFragment(ctx, <Notice notice={{ look: 'bad', text: problemOf(ctx, error) }} />)
  }
}

const ImportQuery = z.object({ allowErased: z.enum(['true', 'false']).optional() })

/** Imports a short file before answering, and a long one in the background while its page is open. */
async function importFile(ctx: SiteContext, candidates: Deps): Promise<void> {
  const { allowErased } = parseAddress(ctx, ImportQuery)
  try {
    const file = await uploadedFile(ctx.req, { field: 'file', limitBytes: LIMIT_BYTES })
    const person = personOf(ctx)
    const { importId } = await candidates.importFile(person.organization, file, {
      actor: actorOf(person),
      allowErased: allowErased === 'true',
    })
    seeOther(ctx, `/candidates/imports/${importId}`)
  } catch (error) {
    if (!isServiceError(error) || error.status >= 500) throw error
    renderPage(ctx, <ImportPage problem={problemOf(ctx, error)} />, { status: error.status })
  }
}

function problemOf(ctx: SiteContext, error: ServiceError): string {
  const { language } = ctx.state
  if (error.errors?.some(({ path, message }) => path === 'file' && message === EMPTY_FILE)) return importTexts(language).emptyFile
  if (error.code !== 'payload_too_large') return problemWords(language, error)
  return error.hint === undefined || language !== 'en' ? importTexts(language).tooLarge : problemWords(language, error)
}

function refresh(ctx: SiteContext): void {
  ctx.set('HX-Refresh', 'true')
  ctx.body = ''
}
