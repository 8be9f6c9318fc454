/** Fields of templates as received, and their values (Lever's API documentation). */
import { z } from 'zod'
import type { FilledField, FormField } from '../account/form-records.ts'
import { newId } from '../ids.ts'
import { badRequest } from './lever-error.ts'

const TYPES = [
  'code',
  'date',
  'dropdown',
  'multiple-choice',
  'multiple-select',
  'score-system',
  'score',
  'scorecard',
  'text',
  'textarea',
  'yes-no',
  'currency',
  'file-upload',
  'note',
  'university',
] as const

export const FieldsBody = z
  .array(
    z.looseObject({
      type: z.enum(TYPES),
      text: z.string(),
      description: z.string().default(''),
      required: z.boolean().default(false),
      options: z.array(z.looseObject({ text: z.string() })).optional(),
    }),
  )
  .min(1)

/** Default texts of the overall rating, in the recorded order. */
const SCORES = ['4 - Strong Hire', '3 - Hire', '2 - No Hire', '1 - Strong No Hire']

/** Fields get new ids; ids that were sent are not kept (recorded). */
export function newFields(fields: z.infer<typeof FieldsBody>): FormField[] {
  return fields.map((field) => ({
    ...(field.type === 'score-system' ? { prompt: 'Select one', options: SCORES.map((text) => ({ text })) } : {}),
    ...field,
    id: newId(),
  }))
}

export const FieldValues = z.array(z.object({ id: z.string(), value: z.unknown() })).default([])
type FieldValues = z.infer<typeof FieldValues>

/** Every field of a template, with a value or null. */
export function filledFields(fields: FormField[], values: FieldValues): FilledField[] {
  return withValues(
    fields.map((field) => ({ ...field, value: null })),
    values,
  )
}

/** @throws LeverError 400 for an unknown field, or a value that is not one of its options */
export function withValues(fields: FilledField[], values: FieldValues): FilledField[] {
  const given = new Map(values.map(({ id, value }) => [id, value]))
  for (const id of given.keys()) if (!fields.some((field) => field.id === id)) throw badRequest(`fieldValues: ${id} was not found`)
  return fields.map((field) => {
    if (!given.has(field.id)) return field
    const value = given.get(field.id) ?? null
    if (!fits(field, value)) throw badRequest(`fieldValues: ${JSON.stringify(value)} is not an option of ${field.text}`)
    return { ...field, value }
  })
}

function fits(field: FormField, value: unknown): boolean {
  if (value === null || !field.options) return true
  const texts = field.options.map(({ text }) => text)
  return [value].flat().every((one) => typeof one === 'string' && texts.includes(one))
}
