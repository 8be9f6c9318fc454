import type { ComponentChildren } from 'preact'
import type { Notice as NoticeOf } from '../../shell/flash.ts'
import { assetUrl } from '../../shell/static-assets.ts'
import { LanguageSwitch } from './language-switch.tsx'
import { Navigation, SettingsNavigation } from './navigation.tsx'
import { Notice } from '../kit/notice.tsx'
import { usePage } from '../kit/page-context.ts'
import { siteTexts } from './texts-site.ts'

/**
 * Configures htmx for our content security policy: no inline style, no evaluated script. Swapped content is ready at once; by default, its
 * buttons would not work for 20 ms.
 */
const HTMX_CONFIG = JSON.stringify({
  includeIndicatorStyles: false,
  allowEval: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  defaultSettleDelay: 0,
})

export interface LayoutProps {
  title: string
  /** One line under the title: what happened, or what the page is for. */
  lead?: ComponentChildren
  /** Buttons next to the title. */
  actions?: ComponentChildren
  /** A message about what just happened; a notice kept over a redirect is shown automatically. */
  notice?: NoticeOf | null
  /** From `assets/`, in addition to the scripts of every page. */
  scripts?: readonly string[]
  /** `narrow` for a page that asks or says one thing. */
  width?: 'wide' | 'narrow'
  children?: ComponentChildren
}

/** The frame of every page: heading, navigation for the caller's role, notice, language switch, sign-out. */
export function Layout(props: LayoutProps) {
  const page = usePage()
  const t = siteTexts(page.language)
  const notice = props.notice ?? page.notice
  return (
    <html lang={page.language} hx-headers={page.csrfToken === null ? undefined : JSON.stringify({ 'X-CSRF-Token': page.csrfToken })}>
      <Head title={props.title} scripts={props.scripts ?? []} />
      <body>
        <a class="skip" href="#content">
          {t.skip}
        </a>
        <Navigation />
        <main id="content" class={`page ${props.width ?? 'wide'}`}>
          <SettingsNavigation />
          <header class="page-head">
            <div>
              <h1>{props.title}</h1>
              {props.lead === undefined ? null : <p class="lead">{props.lead}</p>}
            </div>
            {props.actions === undefined ? null : <div class="actions">{props.actions}</div>}
          </header>
          {notice === null ? null : <Notice notice={notice} />}
          {props.children}
        </main>
        <footer class="site-foot">
          <LanguageSwitch />
        </footer>
      </body>
    </html>
  )
}

function Head({ title, scripts }: { title: string; scripts: readonly string[] }) {
  const { csrfToken } = usePage()
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="htmx-config" content={HTMX_CONFIG} />
      {csrfToken === null ? null : <meta name="csrf-token" content={csrfToken} />}
      <title>{`${title} · Fulcrum`}</title>
      <link rel="icon" href={assetUrl('fulcrum.svg')} type="image/svg+xml" />
      <link rel="stylesheet" href={assetUrl('pico.css')} />
      <link rel="stylesheet" href={assetUrl('inter.css')} />
      <link rel="stylesheet" href={assetUrl('fulcrum.css')} />
      <link rel="stylesheet" href={assetUrl('candidates.css')} />
      {['htmx.js', 'site.js', ...scripts].map((name) => (
        <script key={name} src={assetUrl(name)} defer />
      ))}
    </head>
  )
}
