/** Panels and their interviews, as the state file stores them: see `records.ts`. */
import { z } from 'zod'

const id = z.string()
const ms = z.number()

export const Interviewer = z.object({ id, feedbackTemplate: z.string() })
export const Interview = z.object({
  id,
  subject: z.string().nullable(),
  note: z.string().nullable(),
  interviewers: z.array(Interviewer),
  createdAt: ms,
  date: ms,
  duration: z.number().int(),
  location: z.string().nullable(),
  feedbackTemplate: z.string().nullable(),
  feedbackReminder: z.string(),
  user: id.nullable(),
  stage: id,
  canceledAt: ms.nullable().default(null),
})
export type Interview = z.infer<typeof Interview>

export const Panel = z.object({
  id,
  opportunity: id,
  applications: z.array(id),
  createdAt: ms,
  externallyManaged: z.boolean(),
  externalUrl: z.string().nullable(),
  feedbackReminder: z.string(),
  interviews: z.array(Interview),
  note: z.string().nullable(),
  stage: id,
  timezone: z.string(),
  user: id.nullable(),
})
export type Panel = z.infer<typeof Panel>
