/** Interviews: all of them by date, and those of a candidate with the manual actions. */
import type { Router } from '@koa/router'
import type { VNode } from 'preact'
import type { Interview, Panel } from '../account/interview-records.ts'
import type { Contact, Opportunity, User } from '../account/records.ts'
import { cancelInterview, moveInterview, scheduleInterview } from '../actions/change-panel.ts'
import type { SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import { messagePage } from './message-page.tsx'
import { Page, sendPage } from './page.tsx'
import { minuteOf, Press } from './press.tsx'
import type { Sessions } from './sessions.ts'
import { field, goTo, pagesFor, type PageCall } from './signed-in.ts'

interface Scheduled {
  opportunity: Opportunity
  panel: Panel
  interview: Interview
}

export function interviewPages(world: World, router: Router<SandboxState>, sessions: Sessions): void {
  const page = pagesFor(router, sessions, 'everybody')
  page('GET', '/interviews', (call) => sendPage(call.ctx, listPage(world, call.user)))
  const act = (path: string, change: (call: PageCall, scheduled: Scheduled) => void): void =>
    page('POST', `/interviews/:id/${path}`, (call) => {
      const scheduled = allInterviews(world).find(({ interview }) => interview.id === call.params['id'])
      if (!scheduled) return sendPage(call.ctx, messagePage('No such interview', 'It does not exist, or was removed.'), 404)
      change(call, scheduled)
      return goTo(call, `/candidates/${scheduled.opportunity.id}`)
    })
  act('cancel', (_, { opportunity, panel, interview }) => cancelInterview(world, opportunity, panel, interview))
  act('move', (call, { opportunity, panel, interview }) => {
    const date = timeIn(call)
    if (date !== null) moveInterview(world, opportunity, panel, interview, date)
  })
}

/** Creates an interview from the form on a candidate's page; does nothing without a time or a person. */
export function scheduleFromForm(world: World, call: PageCall, opportunity: Opportunity): void {
  const date = timeIn(call)
  const interviewer = world.account.users.get(field(call, 'interviewer'))
  if (date === null || !interviewer) return
  scheduleInterview(world, opportunity, { subject: field(call, 'subject') || 'Interview', interviewer, date, duration: 45 }, call.user)
}

/** Reads a browser's date-and-time field, in UTC. */
function timeIn(call: PageCall): number | null {
  const ms = Date.parse(`${field(call, 'date')}Z`)
  return Number.isNaN(ms) ? null : ms
}

function allInterviews(world: World): Scheduled[] {
  return [...world.account.panels.entries()].flatMap(([id, panels]) => {
    const opportunity = world.account.opportunities.get(id)
    return opportunity ? panels.flatMap((panel) => panel.interviews.map((interview) => ({ opportunity, panel, interview }))) : []
  })
}

function listPage(world: World, user: User): VNode {
  const latestFirst = allInterviews(world).toSorted((a, b) => b.interview.date - a.interview.date)
  return (
    <Page title="Interviews" user={user} path="/interviews">
      {latestFirst.length === 0 && <p>No interviews scheduled.</p>}
      <ul class="rows">
        {latestFirst.map(({ opportunity, panel, interview }) => (
          <li key={interview.id}>
            <a href={`/candidates/${opportunity.id}`}>
              {(world.account.contacts.get(opportunity.contact) as Contact).name || 'Unnamed candidate'}
            </a>
            <span class="small">{interviewText(world, panel, interview)}</span>
          </li>
        ))}
      </ul>
    </Page>
  )
}

function interviewText(world: World, panel: Panel, interview: Interview): string {
  const people = interview.interviewers.map(({ id }) => world.account.users.get(id)?.name ?? id).join(', ')
  const made = panel.externallyManaged ? ' · created through the API' : ''
  const canceled = interview.canceledAt === null ? '' : ' · canceled'
  return `${minuteOf(interview.date)} UTC · ${interview.subject ?? 'Interview'} · ${people}${made}${canceled}`
}

export function InterviewSection({ world, opportunity }: { world: World; opportunity: Opportunity }): VNode {
  const panels = world.account.panels.get(opportunity.id) ?? []
  const active = [...world.account.users.values()].filter(({ deactivatedAt }) => deactivatedAt === null)
  return (
    <section class="card" aria-label="Interviews">
      <h2>Interviews</h2>
      <ul class="rows">
        {panels.flatMap((panel) =>
          panel.interviews.map((interview) => (
            <li key={interview.id}>
              <span>{interviewText(world, panel, interview)}</span>
              {!panel.externallyManaged && interview.canceledAt === null && <Changes interview={interview} />}
            </li>
          )),
        )}
      </ul>
      <form method="post" action={`/candidates/${opportunity.id}/interview`} class="add">
        <label>
          Subject
          <input name="subject" />
        </label>
        <label>
          Interviewer
          <select name="interviewer">
            {active.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <DateField />
        <button>Schedule</button>
      </form>
    </section>
  )
}

function DateField(): VNode {
  return (
    <label>
      Date (UTC)
      <input type="datetime-local" name="date" required />
    </label>
  )
}

function Changes({ interview }: { interview: Interview }): VNode {
  return (
    <span class="actions">
      <form method="post" action={`/interviews/${interview.id}/move`} class="add">
        <DateField />
        <button>Move</button>
      </form>
      <Press to={`/interviews/${interview.id}/cancel`} text="Cancel interview" />
    </span>
  )
}
