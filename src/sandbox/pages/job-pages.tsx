/** The job pages: all postings, and a single one. */
import type { Router } from '@koa/router'
import type { VNode } from 'preact'
import type { Posting, User } from '../account/records.ts'
import { deletePosting } from '../actions/change-posting.ts'
import type { SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import { messagePage } from './message-page.tsx'
import { Page, sendPage } from './page.tsx'
import { Press } from './press.tsx'
import type { Sessions } from './sessions.ts'
import { goTo, pagesFor, type PageCall } from './signed-in.ts'

export function jobPages(world: World, router: Router<SandboxState>, sessions: Sessions): void {
  const page = pagesFor(router, sessions, 'everybody')
  page('GET', '/jobs', (call) => sendPage(call.ctx, listPage(world, call.user)))
  page('GET', '/jobs/:id', (call) => withPosting(world, call, (posting) => sendPage(call.ctx, jobPage(call.user, posting))))
  page('POST', '/jobs/:id/delete', (call) =>
    withPosting(world, call, (posting) => {
      deletePosting(world, posting)
      goTo(call, '/jobs')
    }),
  )
}

function withPosting(world: World, call: PageCall, show: (posting: Posting) => void): void {
  const posting = world.account.postings.get(call.params['id'] ?? '')
  if (posting) show(posting)
  else sendPage(call.ctx, messagePage('No such job', 'There is no posting at this address.'), 404)
}

function listPage(world: World, user: User): VNode {
  return (
    <Page title="Jobs" user={user} path="/jobs">
      <ul class="rows">
        {[...world.account.postings.values()].map(({ id, text, state, categories }) => (
          <li key={id}>
            <a href={`/jobs/${id}`}>{text}</a>
            <span class="small">
              {state} · {categories.team} · {categories.allLocations.join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </Page>
  )
}

function jobPage(user: User, posting: Posting): VNode {
  return (
    <Page title={posting.text} user={user} path="/jobs">
      <p>
        {posting.state} · {posting.categories.team} · {posting.categories.allLocations.join(', ')} · {posting.confidentiality}
      </p>
      <p>{posting.content.description}</p>
      <p>Requisitions: {posting.requisitionCodes.join(', ') || 'none'}</p>
      <p>
        <a href={`/candidates?posting=${posting.id}`}>Candidates for this job</a>
      </p>
      <Press to={`/jobs/${posting.id}/delete`} text="Delete" />
    </Page>
  )
}
