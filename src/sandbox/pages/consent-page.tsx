import type { VNode } from 'preact'
import type { User } from '../account/records.ts'
import { describeScope } from '../oauth/scopes.ts'
import { Page } from './page.tsx'

export function consentPage(props: { app: string; scopes: string[]; user: User; request: string; again: string }): VNode {
  return (
    <Page title={`Authorize ${props.app}`}>
      <p>
        <strong>{props.app}</strong> asks for access to your Lever account. Signed in as {props.user.name} ({props.user.accessRole}).{' '}
        <a href={`/sign-in?next=${encodeURIComponent(props.again)}`}>Use another account</a>
      </p>
      {props.user.accessRole !== 'super admin' && (
        <p class="notice">Only a Super Admin can complete this. Other users are refused at the end.</p>
      )}
      <section class="card" aria-labelledby="scopes">
        <h2 id="scopes">It will be able to</h2>
        <ul class="scopes">
          {props.scopes.map((scope) => (
            <li key={scope}>
              {describeScope(scope)} <code>{scope}</code>
            </li>
          ))}
        </ul>
      </section>
      <form method="post" action="/authorize/decision" class="actions">
        <input type="hidden" name="request" value={props.request} />
        <button name="decision" value="accept">
          Accept
        </button>
        <button name="decision" value="deny" class="plain">
          Deny
        </button>
      </form>
    </Page>
  )
}
