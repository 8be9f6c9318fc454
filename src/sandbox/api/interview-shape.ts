/** The shape of panels and interviews in answers (recorded answers). */
import type { Interview, Panel } from '../account/interview-records.ts'
import type { Opportunity } from '../account/records.ts'
import type { World } from '../world.ts'

export function panelJson(world: World, panel: Panel): Record<string, unknown> & { id: string } {
  const starts = panel.interviews.map((interview) => interview.date)
  const ends = panel.interviews.map((interview) => interview.date + interview.duration * 60_000)
  const { id, applications, createdAt, externallyManaged, externalUrl, feedbackReminder, note, stage, timezone, user } = panel
  return {
    id,
    applications,
    canceledAt: panelCanceledAt(panel),
    createdAt,
    start: Math.min(...starts),
    end: Math.max(...ends),
    externallyManaged,
    externalUrl,
    feedbackReminder,
    interviews: panel.interviews.map((interview) => interviewOfPanel(world, interview)),
    note,
    stage,
    timezone,
    user,
  }
}

function interviewOfPanel(world: World, interview: Interview): Record<string, unknown> {
  const { id, date, duration, feedbackReminder, location, note, subject } = interview
  const interviewers = interviewersOf(world, interview).map((interviewer) => ({ ...interviewer, responseStatus: 'needsAction' }))
  return {
    id,
    date,
    duration,
    feedbackReminder,
    feedbackTemplate: interview.feedbackTemplate ?? 'no-feedback',
    interviewers,
    location,
    note,
    subject,
  }
}

export function interviewJson(
  world: World,
  opportunity: Opportunity,
  panel: Panel,
  interview: Interview,
): Record<string, unknown> & { id: string } {
  return {
    ...interview,
    panel: panel.id,
    interviewers: interviewersOf(world, interview),
    timezone: panel.timezone,
    feedbackForms: feedbackForms(world, opportunity, interview),
    postings: opportunity.application ? [opportunity.application.posting] : [],
    gcalEventUrl: null,
    opportunityId: opportunity.id,
  }
}

/** The cancellation time of its last interview. */
function panelCanceledAt({ interviews }: Panel): number | null {
  const times = interviews.flatMap(({ canceledAt }) => canceledAt ?? [])
  return times.length === interviews.length && times.length > 0 ? Math.max(...times) : null
}

function feedbackForms(world: World, opportunity: Opportunity, interview: Interview): string[] {
  const feedback = world.account.feedback.get(opportunity.id) ?? []
  return feedback.filter((one) => one.interview === interview.id && one.deletedAt === null).map(({ id }) => id)
}

function interviewersOf(world: World, interview: Interview): { id: string; name: string; email: string; feedbackTemplate: string }[] {
  return interview.interviewers.map(({ id, feedbackTemplate }) => {
    const user = world.account.users.get(id)
    return { id, name: user?.name ?? '', email: user?.email ?? '', feedbackTemplate }
  })
}
