import { LONGEST_PASSWORD, SHORTEST_PASSWORD, type PasswordFault } from '../../../accounts/password-rules.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { accountTexts } from './texts-account.ts'

/**
 * `set`: changing it needs the current password. `replaceable`: changing it needs no current password, just after a sign-in by a link or
 * provider. `none`: the person may choose one. `noneAndLate`: choosing one needs a new sign-in.
 */
export type PasswordState = 'set' | 'replaceable' | 'none' | 'noneAndLate'

/** Why a form was refused: the current password is wrong, or the new one is not allowed. */
export type PasswordRefusal = 'wrong' | PasswordFault

export interface PasswordCardProps {
  state: PasswordState
  refused?: PasswordRefusal | undefined
  /** Set on the welcome page, which follows a sign-in by link. */
  isWelcome?: boolean
}

/** The card where people set their own password. */
export function PasswordCard({ state, refused, isWelcome = false }: PasswordCardProps) {
  const { language, caller } = usePage()
  const t = accountTexts(language)
  const isFirst = state === 'none' || state === 'noneAndLate'
  return (
    <section class="card" aria-labelledby="password-title">
      <h2 id="password-title">{isFirst ? t.choosePassword : t.changePassword}</h2>
      <p>{t[`${state}Lead`]}</p>
      {state === 'noneAndLate' ? null : (
        <Form action="/account/password">
          {isWelcome ? <input type="hidden" name="welcome" value="1" /> : null}
          <input type="text" name="username" autocomplete="username" value={caller?.email} readonly hidden />
          {state === 'set' ? (
            <Field id="current" label={t.current} why={refused === 'wrong' ? t.wrongCurrent : undefined}>
              {(tie) => <input {...tie} type="password" name="current" required maxlength={1000} autocomplete="current-password" />}
            </Field>
          ) : null}
          <NewPasswordField label={t.newPassword} fault={refused === 'wrong' ? undefined : refused} />
          <p class="actions end">
            {isWelcome ? (
              <a href="/" role="button" class="quiet">
                {t.notNow}
              </a>
            ) : null}
            <button type="submit">{t.savePassword}</button>
          </p>
        </Form>
      )}
    </section>
  )
}

/** The field for a new password. */
export function NewPasswordField({ label, fault }: { label: string; fault: PasswordFault | undefined }) {
  const t = accountTexts(usePage().language)
  const rule = t.rule(SHORTEST_PASSWORD, LONGEST_PASSWORD)
  return (
    <Field id="password" label={label} help={rule} why={fault && t.passwordFaults[fault](SHORTEST_PASSWORD, LONGEST_PASSWORD)}>
      {(tie) => (
        <input
          {...tie}
          type="password"
          name="password"
          required
          minlength={SHORTEST_PASSWORD}
          maxlength={LONGEST_PASSWORD}
          autocomplete="new-password"
        />
      )}
    </Field>
  )
}
