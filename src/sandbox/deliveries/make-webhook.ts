import type { Webhook } from '../account/access-records.ts'
import type { LeverEventName, Origin } from '../account/records.ts'
import { newHexToken, newId } from '../ids.ts'
import type { World } from '../world.ts'

/** The default of a new webhook, in the recorded order. */
const ALL_ORIGINS: readonly Origin[] = ['applied', 'sourced', 'referred', 'university', 'internal', 'agency']

export interface NewWebhook {
  event: LeverEventName
  url: string
  origins?: Origin[] | undefined
  signatureToken?: string | undefined
  madeBy: string
  confidential: boolean
}

/** Creates a webhook. An equal one may exist already: Lever allows it (recorded). */
export function makeWebhook(world: World, fields: NewWebhook): Webhook {
  const now = world.now()
  return {
    id: newId(),
    event: fields.event,
    url: fields.url,
    origins: fields.origins ?? [...ALL_ORIGINS],
    signatureToken: fields.signatureToken ?? newHexToken(),
    madeBy: fields.madeBy,
    confidential: fields.confidential,
    createdAt: now,
    updatedAt: now,
  }
}

/** Lever requires https with a public certificate; the sandbox also accepts plain http to this machine. */
export function acceptableWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback)
}
