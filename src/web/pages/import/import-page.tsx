import { CSV_FIELDS } from '../../../candidates/csv/column-names.ts'
import type { CsvPreview } from '../../../candidates/preview-csv.ts'
import { Form } from '../kit/form.tsx'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { Cell, Row, RowHead, Table } from '../kit/table.tsx'
import { csvFieldTexts, importTexts } from './texts-import.ts'

/** The first of our own fields; the others are parts of them, under the names that other tools use. */
const OWN_FIELDS = CSV_FIELDS.slice(0, 12)

/** Asks for the file. A script shows how it will be read and how much has been sent. `problem` says why the last file was refused. */
export function ImportPage({ problem }: { problem: string | null }) {
  const t = importTexts(usePage().language)
  return (
    <Layout
      title={t.title}
      lead={t.lead}
      width="narrow"
      notice={problem === null ? null : { look: 'bad', text: problem }}
      scripts={['candidates-import.js']}
    >
      <section class="card" id="import">
        <Form action="/candidates/import" enctype="multipart/form-data" data-import>
          <label>
            {t.file}
            <input type="file" name="file" accept=".csv,.tsv,.txt,.xlsx,text/csv" required aria-describedby="file-hint" />
          </label>
          <p class="small" id="file-hint">
            {t.fileHint}
          </p>
          <div id="import-preview" aria-live="polite" />
          <progress hidden max={1} value={0} aria-label={t.sending} data-sending />
          <div class="actions">
            <button type="submit">{t.importIt}</button>
          </div>
          <details class="more">
            <summary>{t.erased}</summary>
            <p class="small" id="erased-hint">
              {t.importErasedHint}
            </p>
            <button type="submit" formaction="/candidates/import?allowErased=true" class="quiet" aria-describedby="erased-hint">
              {t.importErased}
            </button>
          </details>
        </Form>
      </section>
      <KnownColumns />
    </Layout>
  )
}

function KnownColumns() {
  const { language } = usePage()
  const fields = csvFieldTexts(language)
  return (
    <details class="card">
      <summary>{importTexts(language).columns}</summary>
      <dl class="facts">
        {OWN_FIELDS.map((field) => (
          <div key={field}>
            <dt>
              <code>{field}</code>
            </dt>
            <dd>{fields[field]}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

/** How the chosen file is read: a line for each of its columns. */
export function ImportPreview({ preview }: { preview: CsvPreview }) {
  const { language } = usePage()
  const t = importTexts(language)
  const fields = csvFieldTexts(language)
  const [first] = preview.rows
  return (
    <>
      <h2>{t.preview}</h2>
      {preview.sheet === null ? null : <p class="small">{t.sheet(preview.sheet.name.slice(0, 100), preview.sheet.others)}</p>}
      <Table heads={[t.column, t.field, t.example]} label={t.preview}>
        {preview.columns.map(({ header, field }, at) => (
          <Row key={`${at} ${header}`}>
            <RowHead>{header}</RowHead>
            <Cell head={t.field}>{field === null ? <span class="small">{t.ignored}</span> : fields[field]}</Cell>
            <Cell head={t.example}>{first?.cells[at] ?? ''}</Cell>
          </Row>
        ))}
      </Table>
      {preview.rows.length === 0 ? <p class="notice warn">{t.noRows}</p> : null}
      <Notes rows={preview.rows} />
    </>
  )
}

/** Problems of the first rows: why a row would be rejected, and which values would be left out. */
function Notes({ rows }: Pick<CsvPreview, 'rows'>) {
  const t = importTexts(usePage().language)
  const notes = rows.flatMap(({ line, message, warnings }) =>
    [...(message === null ? [] : [message]), ...warnings].map((text) => ({ line, text })),
  )
  if (notes.length === 0) return null
  return (
    <Table heads={[t.line, t.what]} label={t.warnedCaption}>
      {notes.map(({ line, text }, at) => (
        <Row key={at}>
          <RowHead head={t.line}>{line}</RowHead>
          <Cell head={t.what}>{text}</Cell>
        </Row>
      ))}
    </Table>
  )
}
