/** Panels and interviews: only panels made through the API can be changed by it (Lever's API documentation). */
import { z } from 'zod'
import { addPanel, replaceInterviews } from '../actions/change-panel.ts'
import type { Interview, Panel } from '../account/interview-records.ts'
import type { Opportunity, User } from '../account/records.ts'
import { newId } from '../ids.ts'
import { created, noContent, ok, parseBody, performAs, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { interviewFrom, InterviewBody, PanelBody } from './interview-input.ts'
import { interviewJson, panelJson } from './interview-shape.ts'
import { LeverError, notFound } from './lever-error.ts'
import { opportunityOf } from './opportunity-of.ts'
import { pageOf } from './paging.ts'
import { plainBody } from './request-body.ts'

const PANELS = '/opportunities/:id/panels'
const INTERVIEWS = '/opportunities/:id/interviews'
const read = { panels: 'panels:read:admin', interviews: 'interviews:read:admin' }
const write = { panels: 'panels:write:admin', interviews: 'interviews:write:admin' }

export const interviewEndpoints: Endpoint[] = [
  { method: 'GET', path: PANELS, permission: 'List all opportunity panels', scope: read.panels, handle: listPanels },
  {
    method: 'GET',
    path: `${PANELS}/:panel`,
    permission: 'Retrieve a single opportunity panel',
    scope: read.panels,
    handle: (call) => ok(panelJson(call.world, panelOf(call, opportunityOf(call)))),
  },
  { method: 'POST', path: PANELS, permission: 'Create an opportunity panel', scope: write.panels, handle: createPanel },
  { method: 'PUT', path: `${PANELS}/:panel`, permission: 'Update an opportunity panel', scope: write.panels, handle: putPanel },
  { method: 'DELETE', path: `${PANELS}/:panel`, permission: 'Delete an opportunity panel', scope: write.panels, handle: deletePanel },
  { method: 'GET', path: INTERVIEWS, permission: 'List all opportunity interviews', scope: read.interviews, handle: listInterviews },
  {
    method: 'GET',
    path: `${INTERVIEWS}/:interview`,
    permission: 'Retrieve a single opportunity interview',
    scope: read.interviews,
    handle: oneInterview,
  },
  { method: 'POST', path: INTERVIEWS, permission: 'Create an opportunity interview', scope: write.interviews, handle: createInterview },
  {
    method: 'PUT',
    path: `${INTERVIEWS}/:interview`,
    permission: 'Update an opportunity interview',
    scope: write.interviews,
    handle: putInterview,
  },
  {
    method: 'DELETE',
    path: `${INTERVIEWS}/:interview`,
    permission: 'Delete an opportunity interview',
    scope: write.interviews,
    handle: deleteInterview,
  },
]

function panelsOf(call: ApiCall, opportunity: Opportunity): Panel[] {
  return call.world.account.panels.get(opportunity.id) ?? []
}

function panelOf(call: ApiCall, opportunity: Opportunity, id = call.params['panel'] ?? ''): Panel {
  const panel = panelsOf(call, opportunity).find((one) => one.id === id)
  if (!panel) throw notFound('panels', id)
  return panel
}

function interviewOf(call: ApiCall, opportunity: Opportunity): { panel: Panel; interview: Interview } {
  for (const panel of panelsOf(call, opportunity)) {
    const interview = panel.interviews.find(({ id }) => id === call.params['interview'])
    if (interview) return { panel, interview }
  }
  throw notFound('interviews', call.params['interview'] ?? '')
}

function changeable(panel: Panel): Panel {
  if (!panel.externallyManaged) throw new LeverError(403, 'Only panels made through the API can be changed')
  return panel
}

function listPanels(call: ApiCall): ApiAnswer {
  return pageOf(
    call,
    panelsOf(call, opportunityOf(call)),
    (panel) => [panel.createdAt, panel.id],
    (panel) => panelJson(call.world, panel),
  )
}

function createPanel(call: ApiCall): ApiAnswer {
  const user = performAs(call, 'required') as User
  const opportunity = opportunityOf(call)
  const body = parseBody(PanelBody, plainBody(call.body))
  const panel: Panel = {
    id: newId(),
    opportunity: opportunity.id,
    applications: body.applications ?? activeApplications(opportunity),
    createdAt: call.world.now(),
    externallyManaged: true,
    externalUrl: body.externalUrl ?? null,
    feedbackReminder: body.feedbackReminder,
    interviews: body.interviews.map((interview) => interviewFrom(call, opportunity, interview, user, body.feedbackReminder)),
    note: body.note ?? null,
    stage: opportunity.stage,
    timezone: body.timezone,
    user: user.id,
  }
  addPanel(call.world, opportunity, panel)
  return created(panelJson(call.world, panel))
}

/** Replaces everything: an interview that keeps its `id` stays, one left out is removed. */
function putPanel(call: ApiCall): ApiAnswer {
  const user = performAs(call, 'required') as User
  const opportunity = opportunityOf(call)
  const panel = changeable(panelOf(call, opportunity))
  const body = parseBody(PanelBody, plainBody(call.body))
  const interviews = body.interviews.map((interview) => {
    const known = panel.interviews.find(({ id }) => id === interview.id)
    return interviewFrom(call, opportunity, interview, user, body.feedbackReminder, known)
  })
  const { timezone, feedbackReminder } = body
  const applications = body.applications ?? activeApplications(opportunity)
  Object.assign(panel, { timezone, feedbackReminder, applications, note: body.note ?? null, externalUrl: body.externalUrl ?? null })
  replaceInterviews(call.world, opportunity, panel, interviews)
  return ok(panelJson(call.world, panel), panel.id)
}

function deletePanel(call: ApiCall): ApiAnswer {
  performAs(call, 'required')
  const opportunity = opportunityOf(call)
  const panel = changeable(panelOf(call, opportunity))
  replaceInterviews(call.world, opportunity, panel, [])
  return noContent(panel.id)
}

function listInterviews(call: ApiCall): ApiAnswer {
  const opportunity = opportunityOf(call)
  const all = panelsOf(call, opportunity).flatMap((panel) => panel.interviews.map((interview) => ({ panel, interview })))
  return pageOf(
    call,
    all,
    ({ interview }) => [interview.date, interview.id],
    ({ panel, interview }) => interviewJson(call.world, opportunity, panel, interview),
  )
}

function oneInterview(call: ApiCall): ApiAnswer {
  const opportunity = opportunityOf(call)
  const { panel, interview } = interviewOf(call, opportunity)
  return ok(interviewJson(call.world, opportunity, panel, interview))
}

function createInterview(call: ApiCall): ApiAnswer {
  const user = performAs(call, 'required') as User
  const opportunity = opportunityOf(call)
  const body = parseBody(InterviewBody.extend({ panel: z.string() }), plainBody(call.body))
  const panel = changeable(panelOf(call, opportunity, body.panel))
  const interview = interviewFrom(call, opportunity, body, user, 'frequently')
  replaceInterviews(call.world, opportunity, panel, [...panel.interviews, interview])
  return created(interviewJson(call.world, opportunity, panel, interview))
}

function putInterview(call: ApiCall): ApiAnswer {
  const user = performAs(call, 'required') as User
  const opportunity = opportunityOf(call)
  const { panel, interview } = interviewOf(call, opportunity)
  const body = parseBody(InterviewBody, plainBody(call.body))
  const changed = interviewFrom(call, opportunity, body, user, 'frequently', interview)
  const interviews = changeable(panel).interviews.map((one) => (one.id === interview.id ? changed : one))
  replaceInterviews(call.world, opportunity, panel, interviews)
  return ok(interviewJson(call.world, opportunity, panel, changed), interview.id)
}

function deleteInterview(call: ApiCall): ApiAnswer {
  performAs(call, 'required')
  const opportunity = opportunityOf(call)
  const { panel, interview } = interviewOf(call, opportunity)
  const others = changeable(panel).interviews.filter(({ id }) => id !== interview.id)
  replaceInterviews(call.world, opportunity, panel, others)
  return noContent(interview.id)
}

function activeApplications(opportunity: Opportunity): string[] {
  return opportunity.application && !opportunity.application.archived ? [opportunity.application.id] : []
}
