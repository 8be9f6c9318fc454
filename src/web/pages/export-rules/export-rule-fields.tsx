import { JobOptions } from '../export-dialog/export-job-field.tsx'
import type { JobOffer } from '../export-dialog/export-jobs.ts'
import type { RuleFaults, RuleForm } from './export-rule-form.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { exportDialogTexts } from '../export-dialog/texts-export-dialog.ts'
import { exportRulesTexts } from './texts-export-rules.ts'

export interface ExportRuleFieldsProps {
  offer: JobOffer
  typed: RuleForm
  faults: RuleFaults
  /** True after the preview was shown. */
  mayBeSaved: boolean
}

const HERE = '/settings/export-rules'

/** The form of a rule. It can be saved only after its preview. */
export function ExportRuleFields({ mayBeSaved, ...form }: ExportRuleFieldsProps) {
  const t = exportRulesTexts(usePage().language)
  return (
    <Form action={`${HERE}/preview`} class="card" id="rule">
      <h2>{t.newRule}</h2>
      <p class="small">{t.inYourName}</p>
      <Whom {...form} />
      <Target {...form} />
      <label>
        <input type="checkbox" name="applyToExisting" checked={form.typed.applyToExisting === 'on'} /> {t.existing}
      </label>
      <div class="actions">
        <button type="submit" class={mayBeSaved ? 'quiet' : undefined}>
          {t.preview}
        </button>
        {mayBeSaved ? (
          <button type="submit" formaction={HERE}>
            {t.save}
          </button>
        ) : null}
      </div>
    </Form>
  )
}

type FieldsProps = Omit<ExportRuleFieldsProps, 'mayBeSaved'>

function Whom({ typed, faults }: FieldsProps) {
  const t = exportRulesTexts(usePage().language)
  return (
    <>
      <Field id="rule-name" label={t.name} why={faults.name}>
        {(tie) => <input {...tie} type="text" name="name" value={typed.name} required maxlength={100} autocomplete="off" />}
      </Field>
      <Field id="rule-stages" label={t.stages} why={faults.stages} help={t.stagesHelp}>
        {(tie) => <textarea {...tie} name="stages" rows={3} required value={typed.stages} />}
      </Field>
      <Field id="rule-projects" label={t.projects} why={faults.projects} help={t.projectsHelp}>
        {(tie) => <textarea {...tie} name="projects" rows={2} value={typed.projects} />}
      </Field>
    </>
  )
}

function Target({ typed, offer }: FieldsProps) {
  const { language } = usePage()
  const t = exportRulesTexts(language)
  const words = exportDialogTexts(language)
  return (
    <>
      <Field id="rule-job" label={words.job}>
        {(tie) => (
          <select {...tie} name="postingId">
            <option value="">{words.noJob}</option>
            <JobOptions jobs={offer.jobs} chosen={typed.postingId} />
          </select>
        )}
      </Field>
      <Field id="rule-requisition" label={words.requisition}>
        {(tie) => (
          <select {...tie} name="requisitionId">
            <option value="">{words.noRequisition}</option>
            {offer.requisitions.map(({ id, name, requisitionCode }) => (
              <option key={id} value={id} selected={id === typed.requisitionId}>
                {[requisitionCode, name].filter(Boolean).join(' · ')}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field id="rule-duplicates" label={t.onDuplicate}>
        {(tie) => (
          <select {...tie} name="onDuplicate">
            {(['stop', 'link'] as const).map((choice) => (
              <option key={choice} value={choice} selected={choice === typed.onDuplicate}>
                {t[choice]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field id="rule-note" label={t.note}>
        {(tie) => <textarea {...tie} name="note" rows={2} maxlength={10_000} value={typed.note} />}
      </Field>
    </>
  )
}
