/** Records made of fields: templates, and the forms that people filled in from them. */
import { z } from 'zod'

const id = z.string()
const ms = z.number()

/** One question. Other properties of a type (`options`, `scores`, `prompt` …) are kept as received. */
export const FormField = z.looseObject({
  id,
  type: z.string(),
  text: z.string(),
  description: z.string(),
  required: z.boolean(),
  options: z.array(z.looseObject({ text: z.string() })).optional(),
})
export type FormField = z.infer<typeof FormField>

export const FilledField = FormField.extend({ value: z.unknown() })
export type FilledField = z.infer<typeof FilledField>

const group = z.object({ id, name: z.string() }).nullable()
/** Set for templates created through the API, since only these can be deleted through it. */
const madeByApi = z.boolean()

export const FeedbackTemplate = z.object({
  id,
  text: z.string(),
  group,
  instructions: z.string(),
  fields: z.array(FormField),
  createdAt: ms.nullable(),
  stage: id.nullable(),
  updatedAt: ms.nullable(),
  madeByApi,
})
export type FeedbackTemplate = z.infer<typeof FeedbackTemplate>

export const FormTemplate = z.object({
  id,
  text: z.string(),
  group,
  instructions: z.string(),
  secretByDefault: z.boolean(),
  fields: z.array(FormField),
  createdAt: ms.nullable(),
  updatedAt: ms.nullable(),
  madeByApi,
})
export type FormTemplate = z.infer<typeof FormTemplate>

const filled = { id, opportunity: id, text: z.string(), instructions: z.string(), fields: z.array(FilledField), baseTemplateId: id }

export const Feedback = z.object({
  ...filled,
  type: z.enum(['interview', 'assignment', 'share']),
  interview: id.nullable(),
  panel: id.nullable(),
  user: id.nullable(),
  createdAt: ms,
  completedAt: ms.nullable(),
  updatedAt: ms.nullable(),
  deletedAt: ms.nullable(),
})
export type Feedback = z.infer<typeof Feedback>

/** A profile form. */
export const Form = z.object({
  ...filled,
  secret: z.boolean(),
  user: id.nullable(),
  stage: id,
  createdAt: ms,
  completedAt: ms.nullable(),
  deletedAt: ms.nullable(),
})
export type Form = z.infer<typeof Form>

export const Referral = z.object({
  ...filled,
  user: id.nullable(),
  referrer: id.nullable(),
  stage: id,
  createdAt: ms,
  completedAt: ms.nullable(),
})
export type Referral = z.infer<typeof Referral>
