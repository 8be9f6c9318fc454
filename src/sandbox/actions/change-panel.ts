/** Panels and their interviews, with their events. */
import type { Interview, Panel } from '../account/interview-records.ts'
import type { Opportunity, User } from '../account/records.ts'
import type { LeverEventName } from '../account/records.ts'
import { newId } from '../ids.ts'
import type { World } from '../world.ts'
import { idsOf, touchOpportunity } from './change-opportunity.ts'

export function addPanel(world: World, opportunity: Opportunity, panel: Panel): void {
  world.account.panels.set(opportunity.id, [...(world.account.panels.get(opportunity.id) ?? []), panel])
  for (const interview of panel.interviews) emit(world, 'interviewCreated', opportunity, panel, interview)
  touchByInterview(world, opportunity)
}

export interface ScheduledInterview {
  subject: string
  interviewer: User
  /** ms */
  date: number
  /** minutes */
  duration: number
}

/** Scheduled by a person in the UI, so that the API can read but not change it. */
export function scheduleInterview(world: World, opportunity: Opportunity, interview: ScheduledInterview, by: User): Panel {
  const createdAt = world.now()
  const { subject, interviewer, date, duration } = interview
  const common = { createdAt, feedbackReminder: 'daily', note: null, stage: opportunity.stage, user: by.id }
  const interviewers = [{ id: interviewer.id, feedbackTemplate: 'no-feedback' }]
  const own = { id: newId(), subject, interviewers, date, duration, location: null, feedbackTemplate: null, canceledAt: null }
  const panel: Panel = {
    ...common,
    id: newId(),
    opportunity: opportunity.id,
    applications: opportunity.application ? [opportunity.application.id] : [],
    externallyManaged: false,
    externalUrl: null,
    interviews: [{ ...common, ...own }],
    timezone: 'Etc/UTC',
  }
  addPanel(world, opportunity, panel)
  return panel
}

/** Interviews that keep their id are updated, others are created or deleted; a panel without interviews is deleted. */
export function replaceInterviews(world: World, opportunity: Opportunity, panel: Panel, interviews: Interview[]): void {
  const before = panel.interviews
  panel.interviews = interviews
  for (const interview of interviews) {
    const known = before.find(({ id }) => id === interview.id)
    if (known === undefined) emit(world, 'interviewCreated', opportunity, panel, interview)
    else if (known !== interview) emit(world, 'interviewUpdated', opportunity, panel, interview)
  }
  for (const gone of before.filter(({ id }) => !interviews.some((kept) => kept.id === id)))
    emit(world, 'interviewDeleted', opportunity, panel, gone)
  if (interviews.length === 0) {
    const others = (world.account.panels.get(opportunity.id) ?? []).filter(({ id }) => id !== panel.id)
    world.account.panels.set(opportunity.id, others)
  }
  touchByInterview(world, opportunity)
}

/** Interviews change `updatedAt` through `lastInteractionAt` (assumed). */
function touchByInterview(world: World, opportunity: Opportunity): void {
  if (world.settings.answers.interviewTouches === 'yes') touchOpportunity(world, opportunity)
  else world.changed()
}

/** Removes a candidate's future interviews, including those that other people scheduled. */
export function cancelComingInterviews(world: World, opportunity: Opportunity): void {
  for (const panel of world.account.panels.get(opportunity.id) ?? []) {
    const kept = panel.interviews.filter(({ date, canceledAt }) => date <= world.now() || canceledAt !== null)
    if (kept.length < panel.interviews.length) replaceInterviews(world, opportunity, panel, kept)
  }
}

/** Canceled by a person in the UI: it can still be read, with the time of its cancellation. */
export function cancelInterview(world: World, opportunity: Opportunity, panel: Panel, interview: Interview): void {
  if (interview.canceledAt !== null) return
  interview.canceledAt = world.now()
  emit(world, 'interviewDeleted', opportunity, panel, interview)
  touchOpportunity(world, opportunity)
}

/** Rescheduled by a person in the UI. */
export function moveInterview(world: World, opportunity: Opportunity, panel: Panel, interview: Interview, date: number): void {
  interview.date = date
  emit(world, 'interviewUpdated', opportunity, panel, interview)
  touchOpportunity(world, opportunity)
}

function emit(world: World, event: LeverEventName, opportunity: Opportunity, panel: Panel, interview: Interview): void {
  world.emit({ event, data: { interviewId: interview.id, panelId: panel.id, ...idsOf(opportunity) }, opportunity })
}
