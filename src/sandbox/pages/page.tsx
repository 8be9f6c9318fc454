/** The frame of every page of the sandbox. */
import type { ComponentChildren, VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { User } from '../account/records.ts'
import type { SandboxContext } from '../sandbox-state.ts'

const LINKS = [
  ['/candidates', 'Candidates'],
  ['/settings/webhooks', 'Webhooks'],
  ['/settings/api-credentials', 'API credentials'],
  ['/settings/authorized-apps', 'Authorized apps'],
] as const

export function Page(props: { title: string; user?: User | null; path?: string; children: ComponentChildren }): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${props.title} · Local Lever`}</title>
        <link rel="stylesheet" href="/sandbox.css" />
      </head>
      <body>
        <header>
          <a class="brand" href="/">
            Local Lever
          </a>
          {props.user && (
            <nav aria-label="Main">
              {LINKS.map(([href, text]) => (
                <a key={href} href={href} aria-current={props.path === href ? 'page' : undefined}>
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
          <h1>{props.title}</h1>
          {props.children}
        </main>
        <footer>A simulator on this machine. Nothing here is Lever, nothing leaves for it.</footer>
      </body>
    </html>
  )
}

export function sendPage(ctx: SandboxContext, page: VNode, status = 200): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.set('cache-control', 'no-store')
  ctx.body = `<!doctype html>${renderToString(page)}`
}
