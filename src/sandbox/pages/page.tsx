/** The frame of every page of the sandbox. */
import type { ComponentChildren, VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { User } from '../account/records.ts'
import type { SandboxContext } from '../sandbox-state.ts'

/** Each with the paths below it. */
const PLACES = [
  ['/candidates', 'Candidates', /^\/candidates/],
  ['/jobs', 'Jobs', /^\/jobs/],
  ['/requisitions', 'Requisitions', /^\/requisitions/],
  ['/interviews', 'Interviews', /^\/interviews/],
  ['/offers', 'Offers', /^\/offers/],
  ['/settings/webhooks', 'Settings', /^\/settings/],
] as const

const INTEGRATIONS = [
  ['/settings/webhooks', 'Webhooks'],
  ['/settings/api-credentials', 'API Credentials'],
  ['/settings/authorized-apps', 'Authorized Apps'],
  ['/settings/requisitions', 'Requisitions'],
] as const

export function Page(props: { title: string; user?: User | null; path?: string; children: ComponentChildren }): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${props.title} · Lever, local sandbox`}</title>
        <link rel="stylesheet" href="/sandbox.css" />
      </head>
      <body>
        <header>
          <a class="brand" href="/">
            Lever <span class="tag">local sandbox</span>
          </a>
          {props.user && (
            <nav aria-label="Main">
              {PLACES.map(([href, text, under]) => (
                <a key={href} href={href} aria-current={under.test(props.path ?? '') ? 'page' : undefined}>
                  {text}
                </a>
              ))}
            </nav>
          )}
          {props.user && (
            <form method="post" action="/sign-out" class="who">
              <span>{props.user.name}</span>
              <button class="plain">Sign out</button>
            </form>
          )}
        </header>
        <main>
          {props.path?.startsWith('/settings/') && <IntegrationsNavigation path={props.path} />}
          <h1>{props.title}</h1>
          {props.children}
        </main>
        <footer>Local sandbox: a Lever simulator on this machine. It sends nothing to Lever.</footer>
      </body>
    </html>
  )
}

function IntegrationsNavigation({ path }: { path: string }): VNode {
  return (
    <nav class="tabs" aria-label="Integrations and API">
      <span class="place">Settings › Integrations and API</span>
      {INTEGRATIONS.map(([href, text]) => (
        <a key={href} href={href} aria-current={path === href ? 'page' : undefined}>
          {text}
        </a>
      ))}
    </nav>
  )
}

export function sendPage(ctx: SandboxContext, page: VNode, status = 200): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.set('cache-control', 'no-store')
  ctx.body = `<!doctype html>${renderToString(page)}`
}
