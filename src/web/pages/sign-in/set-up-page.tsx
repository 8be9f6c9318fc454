import { Field } from '../kit/field.tsx'
import type { PasswordFault } from '../../../accounts/password-rules.ts'
import { Form } from '../kit/form.tsx'
import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { NewPasswordField } from '../account/password-card.tsx'
import { setUpTexts } from './texts-set-up.ts'

const TEXT_FIELDS = ['organizationName', 'sourceName', 'name', 'email'] as const
type TextField = (typeof TEXT_FIELDS)[number]
export type SetUpField = TextField

export interface SetUpPageProps {
  /** The input of a refused form; passwords are not returned. */
  typed?: Readonly<Record<TextField, string>>
  wrong?: readonly SetUpField[]
  passwordFault?: PasswordFault | undefined
}

const AUTOCOMPLETE = { organizationName: 'organization', sourceName: 'off', name: 'name', email: 'username' } as const

/** The form for the first organization and its first admin. */
export function SetUpPage({ typed, wrong = [], passwordFault }: SetUpPageProps) {
  const { language, path } = usePage()
  const t = setUpTexts(language)
  return (
    <Layout title={t.title} lead={t.lead} width="narrow">
      <Form action={path} class="card">
        {TEXT_FIELDS.map((name) => (
          <Field key={name} id={name} label={t[name]} help={t[`${name}Help`]} why={wrong.includes(name) ? t[`${name}Wrong`] : undefined}>
            {(tie) => (
              <input {...tie} type="text" name={name} value={typed?.[name]} required maxlength={320} autocomplete={AUTOCOMPLETE[name]} />
            )}
          </Field>
        ))}
        <NewPasswordField label={t.password} fault={passwordFault} />
        <p class="actions end">
          <button type="submit">{t.begin}</button>
        </p>
      </Form>
    </Layout>
  )
}

/** Shown for a setup link that was used or has expired. */
export function SpentSetUpPage() {
  const t = setUpTexts(usePage().language)
  return (
    <Layout title={t.spentTitle} width="narrow">
      <section class="card">
        <p>{t.spent}</p>
        <p>{t.spentNext}</p>
        <a href="/sign-in" role="button" class="quiet">
          {t.toSignIn}
        </a>
      </section>
    </Layout>
  )
}
