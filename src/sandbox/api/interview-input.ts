/** Bodies of panel and interview writes, and the records made from them (Lever's API documentation). */
import { z } from 'zod'
import type { Interview } from '../account/interview-records.ts'
import type { Opportunity, User } from '../account/records.ts'
import { newId } from '../ids.ts'
import { activeUser, type ApiCall } from './endpoint.ts'

const REMINDERS = ['once', 'daily', 'frequently', 'none'] as const

export const InterviewBody = z.object({
  id: z.string().optional(),
  date: z.number().int(),
  duration: z.number().int().min(1),
  interviewers: z.array(z.object({ id: z.string(), feedbackTemplate: z.string().nullish() })).min(1),
  subject: z.string().nullish(),
  note: z.string().nullish(),
  location: z.string().nullish(),
  feedbackTemplate: z.string().nullish(),
  feedbackReminder: z.enum(REMINDERS).nullish(),
})
export type InterviewBody = z.infer<typeof InterviewBody>

export const PanelBody = z.object({
  timezone: z.string().refine(isTimeZone, 'is not a time zone'),
  interviews: z.array(InterviewBody).min(1),
  applications: z.array(z.string()).min(1).optional(),
  feedbackReminder: z.enum(REMINDERS).default('daily'),
  note: z.string().nullish(),
  externalUrl: z.string().nullish(),
})
export type PanelBody = z.infer<typeof PanelBody>

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/** `known` keeps its id and creation time. */
export function interviewFrom(
  call: ApiCall,
  opportunity: Opportunity,
  body: InterviewBody,
  by: User,
  reminder: string,
  known?: Interview,
): Interview {
  const interviewers = body.interviewers.map(({ id, feedbackTemplate }) => ({
    id: activeUser(call.world, id, 'interviewers').id,
    feedbackTemplate: feedbackTemplate ?? body.feedbackTemplate ?? 'no-feedback',
  }))
  return {
    id: known?.id ?? newId(),
    subject: body.subject ?? null,
    note: body.note ?? null,
    interviewers,
    createdAt: known?.createdAt ?? call.world.now(),
    date: body.date,
    duration: body.duration,
    location: body.location ?? null,
    feedbackTemplate: body.feedbackTemplate ?? null,
    feedbackReminder: body.feedbackReminder ?? reminder,
    user: by.id,
    stage: opportunity.stage,
    canceledAt: known?.canceledAt ?? null,
  }
}
