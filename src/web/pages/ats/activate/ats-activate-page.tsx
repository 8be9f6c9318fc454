import type { ComponentChildren } from 'preact'
import type { ConnectionView } from '../../../../connection/connection-view.ts'
import { Form } from '../../kit/form.tsx'
import { Layout } from '../../site/layout.tsx'
import { usePage } from '../../kit/page-context.ts'
import { activateTexts } from './texts-activate.ts'
import { warningWords } from '../warning-words.ts'
import { WizardSteps } from '../wizard-steps.tsx'

/** The last step: what is done, what blocks activation, what is only recommended, and **Activate**. */
export function AtsActivatePage({ connection }: { connection: ConnectionView }) {
  const t = activateTexts(usePage().language)
  const isActive = connection.status === 'active'
  return (
    <Layout title={t.title} lead={isActive ? t.activeLead : t.lead}>
      <WizardSteps connection={connection} current="activate" />
      <Blocking connection={connection} />
      <Done connection={connection} />
      <Recommended connection={connection} />
      {isActive ? <WhatNext /> : <Activate isReady={connection.readyToActivate} />}
    </Layout>
  )
}

function Activate({ isReady }: { isReady: boolean }) {
  const t = activateTexts(usePage().language)
  return (
    <Form action="/settings/ats/activate" class="actions">
      <button type="submit" disabled={!isReady} aria-describedby={isReady ? undefined : 'cannot-yet'}>
        {t.activate}
      </button>
      {isReady ? null : (
        <span id="cannot-yet" class="small">
          {t.cannotYet}
        </span>
      )}
    </Form>
  )
}

function WhatNext() {
  const t = activateTexts(usePage().language)
  return (
    <p class="actions">
      <a href="/candidates" role="button">
        {t.toCandidates}
      </a>
      <a href="/settings/ats" role="button" class="quiet">
        {t.toOverview}
      </a>
    </p>
  )
}

const WHERE = {
  authorization: { href: '/settings/ats', link: 'toConnect' },
  activeMapping: { href: '/settings/ats/users', link: 'toUsers' },
} as const

function Blocking({ connection: { missing, auth } }: { connection: ConnectionView }) {
  const t = activateTexts(usePage().language)
  const words = { ...t, ...(auth ? { authorization: t.authorizationLacks } : {}) }
  if (missing.length === 0) return null
  return (
    <Checks id="blocking" look="bad" title={t.blocking}>
      {missing.map((name) => (
        <li key={name}>
          <span>
            {words[name]} <a href={WHERE[name].href}>{t[WHERE[name].link]}</a>
          </span>
        </li>
      ))}
    </Checks>
  )
}

function Done({ connection: { missing, mapping, webhooks } }: { connection: ConnectionView }) {
  const t = activateTexts(usePage().language)
  const configured = webhooks.filter((webhook) => webhook.configured).length
  const done = [
    ...(missing.includes('authorization') ? [] : [t.authorized]),
    ...(missing.includes('activeMapping') ? [] : [t.mapped(mapping.active)]),
    ...(configured === 0 ? [] : [t.webhooks(configured)]),
  ]
  if (done.length === 0) return null
  return (
    <Checks id="done" look="ok" title={t.done}>
      {done.map((text) => (
        <li key={text}>
          <span>{text}</span>
        </li>
      ))}
    </Checks>
  )
}

function Recommended({ connection }: { connection: ConnectionView }) {
  const { language } = usePage()
  const t = activateTexts(language)
  const warnings = warningWords(language, connection)
  const hasWebhookWarning = connection.warnings.some((warning) => warning.startsWith('webhook'))
  if (warnings.length === 0) return null
  return (
    <Checks id="recommended" look="warn" title={t.recommended}>
      {warnings.map((text, index) => (
        <li key={text}>
          <span>
            {text} {index === 0 && hasWebhookWarning ? <a href="/settings/ats/webhooks">{t.toWebhooks}</a> : null}
          </span>
        </li>
      ))}
    </Checks>
  )
}

function Checks({ id, look, title, children }: { id: string; look: 'ok' | 'warn' | 'bad'; title: string; children: ComponentChildren }) {
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul class={`checks ${look}`}>{children}</ul>
    </section>
  )
}
