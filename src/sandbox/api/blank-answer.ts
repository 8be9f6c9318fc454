import type { Opportunity } from '../account/records.ts'
import { ok, type ApiAnswer, type ApiCall } from './endpoint.ts'
import { opportunityJson } from './opportunity-shape.ts'

/** The answer to writes of stage, archived, tags and sources, without the contact's fields (recorded). */
export function blankAnswer(call: ApiCall, opportunity: Opportunity): ApiAnswer {
  const view = call.world.settings.answers.writeAnswers === 'blank' ? 'blank' : 'written'
  return ok(opportunityJson(call.world, opportunity, view), opportunity.id)
}
