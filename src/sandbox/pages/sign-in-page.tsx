import type { VNode } from 'preact'
import type { User } from '../account/records.ts'
import { Page } from './page.tsx'

export function signInPage(users: User[], next: string): VNode {
  return (
    <Page title="Sign in to Lever">
      <p>Choose a user. Only Super Admins can open the settings and authorize apps.</p>
      <form method="post" action="/sign-in">
        <input type="hidden" name="next" value={next} />
        <ul class="people">
          {users.map((user) => (
            <li key={user.id}>
              <button name="email" value={user.email} disabled={user.deactivatedAt !== null} class="plain">
                <strong>{user.name}</strong>
                <span>{user.email}</span>
                <span class="role">{user.deactivatedAt === null ? user.accessRole : 'deactivated'}</span>
              </button>
            </li>
          ))}
        </ul>
      </form>
    </Page>
  )
}
