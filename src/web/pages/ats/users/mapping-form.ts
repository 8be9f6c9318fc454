import { z } from 'zod'
import { jsonOf } from '../../kit/json-of.ts'
import { refuseStrayFields } from '../../kit/stray-fields.ts'
import type { MappingWish } from './save-mappings.ts'

/** The pressed button's action in addition to saving. */
export type MappingAction = 'proceed' | 'match' | 'stay'

const Row = z.object({ userEmail: z.string(), leverEmail: z.string(), active: z.boolean() })

/**
 * The form of people and Lever users. Fields per person, by id: `was:` holds the person and the row when the page was rendered, `lever:`
 * the typed text, `active:` is present when switched on. `do` names the button: `proceed`, `match`, or `use <person> <Lever's email>` to
 * accept a suggestion.
 */
export const MappingForm = z.record(z.string(), z.string().max(1000)).transform((fields, context) => {
  refuseStrayFields(fields, ['lever', 'active'], context, ['do'])
  const [verb = '', person, taken = ''] = (fields['do'] ?? 'proceed').split(' ')
  if (!['proceed', 'match', 'use'].includes(verb))
    context.addIssue({ code: 'custom', path: ['do'], message: 'is not a button of this form' })
  const wishes = Object.entries(fields).flatMap(([name, text]): MappingWish[] => {
    if (!name.startsWith('was:')) return []
    const { data } = Row.safeParse(jsonOf(text))
    if (data === undefined) {
      context.addIssue({ code: 'custom', path: [name], message: 'does not belong to this form' })
      return []
    }
    const { userEmail, ...was } = data
    if (verb === 'use' && person === userEmail) return [{ userEmail, leverEmail: taken, active: true, was }]
    const id = name.slice('was:'.length)
    return [{ userEmail, leverEmail: (fields[`lever:${id}`] ?? '').trim(), active: fields[`active:${id}`] !== undefined, was }]
  })
  const action: MappingAction = verb === 'use' ? 'stay' : verb === 'match' ? 'match' : 'proceed'
  return { wishes, action }
})
