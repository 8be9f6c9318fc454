import { ERROR_CODES, ServiceError, type ErrorCode } from '../../../errors.ts'
import type { ExportRuleView } from '../../../export/rules/export-rule-view.ts'
import type { HeldCandidate } from '../../../export/rules/export-rules.ts'
import type { ExportRulePreview } from '../../../export/rules/preview-rule.ts'
import type { JobOffer } from '../export-dialog/export-jobs.ts'
import type { RuleFaults, RuleForm } from './export-rule-form.ts'
import { ExportRuleFields } from './export-rule-fields.tsx'
import { Form } from '../kit/form.tsx'
import { Layout } from '../site/layout.tsx'
import { ListLinks } from '../kit/list-links.tsx'
import { usePage } from '../kit/page-context.ts'
import { problemWords } from '../kit/problem-words.ts'
import { Cell, Row, RowHead, Table } from '../kit/table.tsx'
import { exportRulesTexts } from './texts-export-rules.ts'
import type { Language } from '../../shell/languages.ts'

export interface ExportRulesPageProps {
  rules: readonly ExportRuleView[]
  cursor: string | undefined
  nextCursor: string | null
  held: readonly (HeldCandidate & { name: string })[]
  offer: JobOffer
  typed: RuleForm
  faults: RuleFaults
  /** The preview of the typed rule. `touchesExisting`: saving exports candidates who are in its stages now. */
  preview: { of: ExportRulePreview; replaces: boolean; touchesExisting: boolean } | null
}

const HERE = '/settings/export-rules'

/** The rules of automatic export: their effect, their waiting candidates, and a form to add or change one, with its preview. */
export function ExportRulesPage({ rules, cursor, nextCursor, held, preview, ...form }: ExportRulesPageProps) {
  const t = exportRulesTexts(usePage().language)
  return (
    <Layout title={t.title} lead={t.lead}>
      {preview === null ? null : <Preview {...preview} />}
      {rules.length === 0 ? (
        <p class="card empty">{t.none}</p>
      ) : (
        <section class="card">
          <Table heads={[t.name, t.stages, t.whoFor, t.state, t.counts, '']} label={t.rules}>
            {rules.map((rule) => (
              <RuleRow key={rule.name} rule={rule} />
            ))}
          </Table>
        </section>
      )}
      <ListLinks href={HERE} cursor={cursor} nextCursor={nextCursor} first={t.first} more={t.more} />
      {held.length === 0 ? null : <Held held={held} />}
      <ExportRuleFields {...form} mayBeSaved={preview !== null} />
    </Layout>
  )
}

function RuleRow({ rule }: { rule: ExportRuleView }) {
  const { language } = usePage()
  const t = exportRulesTexts(language)
  const { name, stages, projects, requestedBy, active, waiting, requested, refused, problem } = rule
  return (
    <Row>
      <RowHead>{name}</RowHead>
      <Cell head={t.stages}>
        {stages.join(', ')}
        {projects.length === 0 ? null : <div class="small">{projects.join(', ')}</div>}
      </Cell>
      <Cell head={t.whoFor}>{requestedBy}</Cell>
      <Cell head={t.state}>{active ? t.on : t.off}</Cell>
      <Cell head={t.counts}>
        {t.requested(requested)}
        {waiting === 0 ? null : <div>{t.waiting(waiting)}</div>}
        {refused === 0 ? null : <div class="small">{t.refused(refused)}</div>}
        {problem === null ? null : <div class="field-error">{wordsOf(language, problem)}</div>}
      </Cell>
      <Cell>
        <RuleActions name={name} active={active} />
      </Cell>
    </Row>
  )
}

function RuleActions({ name, active }: { name: string; active: boolean }) {
  const t = exportRulesTexts(usePage().language)
  const label = active ? t.switchOff : t.switchOn
  const query = `?name=${encodeURIComponent(name)}`
  return (
    <div class="actions">
      <a href={`${HERE}${query}#rule`} aria-label={`${t.change}: ${name}`}>
        {t.change}
      </a>
      <Form action={`${HERE}/switch`}>
        <input type="hidden" name="name" value={name} />
        <input type="hidden" name="active" value={active ? 'off' : 'on'} />
        <button type="submit" class="quiet" aria-label={`${label}: ${name}`}>
          {label}
        </button>
      </Form>
      <a href={`${HERE}/remove${query}`} aria-label={`${t.remove}: ${name}`}>
        {t.remove}
      </a>
    </div>
  )
}

function Held({ held }: Pick<ExportRulesPageProps, 'held'>) {
  const { language } = usePage()
  const t = exportRulesTexts(language)
  return (
    <section class="card">
      <h2>{t.held}</h2>
      <Table heads={[t.candidate, t.rule, t.why]} label={t.held}>
        {held.map(({ rule, candidateId, name, code }) => (
          <Row key={`${rule} ${candidateId}`}>
            <RowHead>
              <a href={`/candidates/${candidateId}`}>{name}</a>
            </RowHead>
            <Cell head={t.rule}>{rule}</Cell>
            <Cell head={t.why}>{code === null ? t.soon : wordsOf(language, { code, detail: '' })}</Cell>
          </Row>
        ))}
      </Table>
    </section>
  )
}

function Preview({ of, replaces, touchesExisting }: NonNullable<ExportRulesPageProps['preview']>) {
  const { candidates, allowed, problems, data } = of
  const { language } = usePage()
  const t = exportRulesTexts(language)
  return (
    <section class="card" aria-labelledby="rule-preview">
      <h2 id="rule-preview">{touchesExisting ? t.exportsNow(candidates) : t.inStagesNow(candidates)}</h2>
      <p>{touchesExisting ? t.andLater : t.laterOnly}</p>
      {replaces ? <p class="notice warn">{t.replaces}</p> : null}
      {allowed ? null : (
        <p class="notice bad" role="alert">
          {t.cannot} {problems.map((problem) => wordsOf(language, problem)).join(' ')}
        </p>
      )}
      {data.length === 0 ? null : (
        <>
          <p class="small">{t.firstOf(data.length)}</p>
          <ul>
            {data.map(({ candidateId, name, duplicates }) => (
              <li key={candidateId}>
                <a href={`/candidates/${candidateId}`}>{name}</a>
                {duplicates.length === 0 ? null : <span class="small"> · {t.inLever}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

/** English uses the error's own words if they were kept. */
function wordsOf(language: Language, { code, detail }: { code: string; detail: string }): string {
  const known: ErrorCode = ERROR_CODES.find((one) => one === code) ?? 'internal_error'
  return problemWords(language, new ServiceError(known, detail === '' ? (ENGLISH[code] ?? code) : detail))
}

/** Used if an error's details were not kept. */
const ENGLISH: Record<string, string> = {
  already_exported: 'Already exported to this job, or being exported now.',
  connection_not_active: 'The connection to Lever is not active.',
  feature_off: 'Exporting candidates is turned off.',
  scope_missing: 'Lever has not granted all the permissions that exports need.',
  user_inactive: 'The person that the rule exports for is deactivated.',
  user_not_mapped: 'The person that the rule exports for is not mapped to a Lever user.',
  mapping_inactive: 'The Lever user of the person that the rule exports for is switched off here.',
  lever_user_deactivated: 'The Lever user of the person that the rule exports for is deactivated.',
  posting_closed: 'The job is no longer open.',
}
