import { z } from 'zod'
import type { World } from '../world.ts'
import type { ApiAnswer } from './endpoint.ts'

/** A number above this counts as a time in ms. */
const FIRST_TIME_MS = 1e11
const Body = z.looseObject({ hasNext: z.boolean().optional(), next: z.string().optional() })

/** Returns the answer in the configured notation: numbers as strings, `hasNext` left out. */
export function inWords({ settings: { answers } }: World, answer: ApiAnswer): ApiAnswer {
  const body = Body.safeParse(answer.body).data
  if (!body || answer.contentType) return answer
  const { hasNext, ...rest } = body
  const shown = hasNext === undefined || (answers.hasNext === 'missing' && body.next !== undefined) ? rest : body
  return {
    ...answer,
    body: answers.values === 'texts' ? JSON.parse(JSON.stringify(shown, (_key, value: unknown) => textOf(value))) : shown,
  }
}

function textOf(value: unknown): unknown {
  if (typeof value !== 'number') return value
  return value > FIRST_TIME_MS ? new Date(value).toISOString() : String(value)
}
