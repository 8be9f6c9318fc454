import type { ComponentChildren } from 'preact'
import { Form } from './form.tsx'
import { Layout } from '../site/layout.tsx'
import { usePage } from './page-context.ts'
import { wizardTexts } from '../ats/texts-wizard.ts'

export interface ConfirmPageProps {
  title: string
  /** Describes the consequences. */
  children: ComponentChildren
  /** `action` is the form's target, `button` its label. */
  action: string
  button: string
  /** Target of Cancel. */
  back: string
}

/** Asks for confirmation before something irreversible. */
export function ConfirmPage({ title, children, action, button, back }: ConfirmPageProps) {
  return (
    <Layout title={title} width="narrow">
      <section class="card">
        {children}
        <div class="actions">
          <Form action={action}>
            <button type="submit" class="danger">
              {button}
            </button>
          </Form>
          <a href={back} role="button" class="quiet">
            {wizardTexts(usePage().language).cancel}
          </a>
        </div>
      </section>
    </Layout>
  )
}
