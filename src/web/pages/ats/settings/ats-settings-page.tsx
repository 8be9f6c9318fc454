import { NOTE_LANGUAGES, NOTE_MODES } from '../../../../connection/connection-model.ts'
import type { ConnectionView } from '../../../../connection/connection-view.ts'
import { BUILT_FEATURES } from '../../../../connection/features.ts'
import type { LeverUserView } from '../../../../mirror/lever-users.ts'
import type { Notice } from '../../../shell/flash.ts'
import { Field } from '../../kit/field.tsx'
import { Form } from '../../kit/form.tsx'
import { Layout } from '../../site/layout.tsx'
import { usePage } from '../../kit/page-context.ts'
import { atsSettingsTexts } from './texts-settings.ts'
import { featureTexts } from '../texts-features.ts'

export type Settings = ConnectionView['settings']

export interface AtsSettingsPageProps {
  /** The saved settings. */
  settings: Settings
  /** The changes in an unsaved form, and its wrong fields. */
  typed: Partial<Settings>
  wrong: readonly string[]
  stages: readonly { id: string; text: string }[]
  leverUsers: readonly LeverUserView[]
  notice: Notice | null
}

/** More would make the page slow. Other users can be entered by email address. */
const MOST_SUGGESTED = 1000

/** The settings of a connection, each with its effect. */
export function AtsSettingsPage({ settings, typed, wrong, stages, leverUsers, notice }: AtsSettingsPageProps) {
  const t = atsSettingsTexts(usePage().language)
  const shown = { ...settings, ...typed }
  return (
    <Layout title={t.title} lead={t.lead} notice={notice} width="narrow" actions={<a href="/settings/ats">{t.back}</a>}>
      <Form action="/settings/ats/settings">
        <input type="hidden" name="was" value={JSON.stringify(settings)} />
        <section class="card" aria-labelledby="export-title">
          <h2 id="export-title">{t.exportTitle}</h2>
          <Field
            id="sourceName"
            label={t.sourceName}
            help={t.sourceNameHelp}
            why={wrong.includes('sourceName') ? t.sourceNameWrong : undefined}
          >
            {(tie) => <input {...tie} type="text" name="sourceName" value={shown.sourceName} required maxlength={200} autocomplete="off" />}
          </Field>
          <StageField stages={stages} chosen={shown.defaultStageId} isWrong={wrong.includes('defaultStageId')} />
          <FallbackField email={shown.performAsFallback} leverUsers={leverUsers} isWrong={wrong.includes('performAsFallback')} />
        </section>
        <FeaturesCard chosen={shown.features} isWrong={wrong.includes('features')} />
        <NotesCard shown={shown} wrong={wrong} />
        <section class="card" aria-labelledby="further-title">
          <h2 id="further-title">{t.furtherTitle}</h2>
          <Switch name="eraseWhenDeletedInLever" isOn={shown.eraseWhenDeletedInLever} />
        </section>
        <p class="actions end">
          <button type="submit">{t.save}</button>
        </p>
      </Form>
    </Layout>
  )
}

function StageField({ stages, chosen, isWrong }: Pick<AtsSettingsPageProps, 'stages'> & { chosen: string | null; isWrong: boolean }) {
  const t = atsSettingsTexts(usePage().language)
  const isGone = chosen !== null && !stages.some(({ id }) => id === chosen)
  return (
    <Field id="defaultStageId" label={t.stage} help={t.stageHelp} why={isWrong ? t.stageWrong : undefined}>
      {(tie) => (
        <select {...tie} name="defaultStageId">
          <option value="">{t.newLead}</option>
          {isGone ? (
            <option value={chosen} selected>
              {t.stageGone}
            </option>
          ) : null}
          {stages.map(({ id, text }) => (
            <option key={id} value={id} selected={id === chosen}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

function FallbackField({
  email,
  leverUsers,
  isWrong,
}: Pick<AtsSettingsPageProps, 'leverUsers'> & { email: string | null; isWrong: boolean }) {
  const t = atsSettingsTexts(usePage().language)
  return (
    <>
      <Field id="performAsFallback" label={t.fallback} help={t.fallbackHelp} why={isWrong ? t.fallbackWrong : undefined}>
        {(tie) => (
          <input
            {...tie}
            type="text"
            inputmode="email"
            name="performAsFallback"
            value={email ?? ''}
            list="lever-users"
            maxlength={320}
            autocomplete="off"
          />
        )}
      </Field>
      <datalist id="lever-users">
        {leverUsers
          .filter((user) => user.email !== null && user.deactivatedAt === null)
          .slice(0, MOST_SUGGESTED)
          .map((user) => (
            <option key={user.id} value={user.email ?? ''} label={user.name ?? ''} />
          ))}
      </datalist>
    </>
  )
}

function FeaturesCard({ chosen, isWrong }: { chosen: Settings['features']; isWrong: boolean }) {
  const t = featureTexts(usePage().language)
  return (
    <section class="card">
      <fieldset aria-describedby={isWrong ? 'features-wrong' : undefined}>
        <legend>
          <strong>{t.title}</strong>
        </legend>
        <p class="small">{t.lead}</p>
        {isWrong ? (
          <p id="features-wrong" class="field-error">
            {t.wrong}
          </p>
        ) : null}
        {BUILT_FEATURES.map((feature) => (
          <div key={feature} class="field">
            <label for={`feature-${feature}`}>
              <input
                type="checkbox"
                id={`feature-${feature}`}
                name="features"
                value={feature}
                checked={chosen.includes(feature)}
                aria-describedby={`feature-${feature}-words`}
              />
              {t[feature]}
            </label>
            <small id={`feature-${feature}-words`} class="small">
              {t[`${feature}Help`]}
            </small>
          </div>
        ))}
      </fieldset>
    </section>
  )
}

function NotesCard({ shown, wrong }: { shown: Settings; wrong: readonly string[] }) {
  const t = atsSettingsTexts(usePage().language)
  return (
    <section class="card" aria-labelledby="notes-title">
      <h2 id="notes-title">{t.notesTitle}</h2>
      <Field id="noteMode" label={t.noteMode} help={t.noteModeHelp}>
        {(tie) => (
          <select {...tie} name="noteMode">
            {NOTE_MODES.map((mode) => (
              <option key={mode} value={mode} selected={mode === shown.noteMode}>
                {t[mode]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field id="noteLanguage" label={t.noteLanguage}>
        {(tie) => (
          <select {...tie} name="noteLanguage">
            {NOTE_LANGUAGES.map((language) => (
              <option key={language} value={language} selected={language === shown.noteLanguage}>
                {t[language]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        id="noteTimeZone"
        label={t.noteTimeZone}
        help={t.noteTimeZoneHelp}
        why={wrong.includes('noteTimeZone') ? t.noteTimeZoneWrong : undefined}
      >
        {(tie) => <input {...tie} type="text" name="noteTimeZone" value={shown.noteTimeZone} required maxlength={100} autocomplete="off" />}
      </Field>
      <Switch name="noteSecret" isOn={shown.noteSecret} />
    </section>
  )
}

function Switch({ name, isOn }: { name: 'eraseWhenDeletedInLever' | 'noteSecret'; isOn: boolean }) {
  const t = atsSettingsTexts(usePage().language)
  return (
    <div class="field">
      <label for={name}>
        <input type="checkbox" role="switch" id={name} name={name} value="on" checked={isOn} aria-describedby={`${name}-words`} />
        {t[name]}
      </label>
      <small id={`${name}-words`} class="small">
        {t[`${name}Help`]}
      </small>
    </div>
  )
}
