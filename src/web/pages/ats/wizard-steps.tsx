import type { ConnectionView } from '../../../connection/connection-view.ts'
import { usePage } from '../kit/page-context.ts'
import { wizardTexts } from './texts-wizard.ts'

const STEPS = [
  { name: 'connect', href: '/settings/ats' },
  { name: 'webhooks', href: '/settings/ats/webhooks' },
  { name: 'users', href: '/settings/ats/users' },
  { name: 'activate', href: '/settings/ats/activate' },
] as const
export type WizardStep = (typeof STEPS)[number]['name']

/** The setup steps; each may be opened at any time. */
export function WizardSteps({ connection, current }: { connection: ConnectionView; current: WizardStep }) {
  const t = wizardTexts(usePage().language)
  return (
    <nav class="wizard" aria-label={t.steps}>
      <ol>
        {STEPS.map(({ name, href }) => {
          const isDone = IS_DONE[name](connection)
          return (
            <li key={name} class={isDone ? 'done' : ''}>
              <a href={href} aria-current={name === current ? 'step' : undefined}>
                {t[name]}
                {isDone ? <span class="sr-only">{`, ${t.done}`}</span> : null}
              </a>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}

const IS_DONE: Record<WizardStep, (connection: ConnectionView) => boolean> = {
  connect: ({ missing }) => !missing.includes('authorization'),
  webhooks: ({ webhooks }) => webhooks.every(({ recommended, configured }) => configured || !recommended),
  users: ({ missing }) => !missing.includes('activeMapping'),
  activate: ({ status }) => status === 'active',
}
