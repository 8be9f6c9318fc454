import { z } from 'zod'
import type { LeverClient } from './client.ts'
import { envelope, filledText, leverId, text, texts, time } from './lenient.ts'
import { isLeverStatus } from './lever-call-error.ts'
import { leverPath } from './lever-path.ts'

const Configuration = z
  .object({
    conditions: z.object({ origins: texts }).nullable().catch(null),
    signatureToken: filledText,
  })
  .nullable()
  .catch(null)

export const LeverWebhookSchema = z
  .object({ id: leverId, event: text, url: text, configuration: Configuration, createdAt: time })
  .transform(({ configuration, ...rest }) => ({
    ...rest,
    origins: configuration?.conditions?.origins ?? [],
    /** Only the answer to the creation has it (recorded answer). */
    signatureToken: configuration?.signatureToken ?? null,
  }))
export type LeverWebhook = z.output<typeof LeverWebhookSchema>

/** Yields the webhooks made with the same grant or key; those made in Lever's settings are not listed. */
export function listWebhooks(client: LeverClient): AsyncIterable<LeverWebhook> {
  return client.list(leverPath`/webhooks`, { item: LeverWebhookSchema })
}

export interface WebhookToCreate {
  url: string
  event: string
  /** Only for `applicationCreated`, `candidateArchiveChange`, `candidateHired` and `candidateStageChange`; omit for others. */
  origins?: readonly string[]
}

/**
 * Creates a webhook even if an equal one exists, so list first. Lever sends nothing until the event's group is switched on in its
 * settings.
 */
export async function createWebhook(client: LeverClient, { url, event, origins }: WebhookToCreate): Promise<LeverWebhook> {
  const json = { url, event, ...(origins ? { configuration: { conditions: { origins } } } : {}) }
  return (await client.write('POST', leverPath`/webhooks`, { json, schema: envelope(LeverWebhookSchema) })).body.data
}

/** Deletes a webhook; one that is already gone counts as deleted. */
export async function deleteWebhook(client: LeverClient, id: string): Promise<void> {
  try {
    await client.write('DELETE', leverPath`/webhooks/${id}`, { schema: z.unknown() })
  } catch (error) {
    if (!isLeverStatus(error, 404)) throw error
  }
}
