import { z } from 'zod'
import { filledText, flag, leverId, readable, reference, text, texts, time } from './lenient.ts'

const Application = z.union([leverId.transform((id) => ({ id, posting: null })), z.object({ id: leverId, posting: reference })])

const Consent = z
  .object({ allowed: z.boolean().nullable().catch(null), expiresAt: time })
  .nullable()
  .catch(null)

/** Returns a text of an expanded object; null if only the id came. */
function named(expanded: Record<string, unknown> | null, field: string): string | null {
  const value = expanded?.[field]
  return typeof value === 'string' && value !== '' ? value : null
}

/**
 * A normalized opportunity: `expand`ed or not, references are ids and times are dates. Answers to writes of stage, archive state, tags and
 * sources have blank contact fields (recorded answers): take contact data from reads and creations only.
 */
export const LeverOpportunitySchema = z
  .object({
    id: leverId,
    name: filledText,
    contact: reference,
    headline: filledText,
    stage: reference,
    confidentiality: text,
    location: filledText,
    phones: readable(z.object({ value: z.string().min(1), type: text })),
    emails: texts,
    links: texts,
    archived: z.object({ reason: text, archivedAt: time }).nullable().catch(null),
    tags: texts,
    sources: texts,
    /** `agency`, `applied`, `internal`, `referred`, `sourced`, `university`. */
    origin: text,
    sourcedBy: reference,
    owner: reference,
    applications: readable(Application),
    createdAt: time,
    /** Null on records older than the field (Lever's API documentation). */
    updatedAt: time,
    lastAdvancedAt: time,
    urls: z.object({ show: text }).nullable().catch(null),
    isAnonymized: flag,
    stageChanges: readable(z.object({ toStageId: leverId, updatedAt: time, userId: text })),
    dataProtection: z.object({ store: Consent, contact: Consent }).nullable().catch(null),
  })
  .transform(({ applications, urls, contact, stage, sourcedBy, owner, ...rest }) => ({
    ...rest,
    contact: contact?.id ?? null,
    stage: stage?.id ?? null,
    /** With `expand=stage`. */
    stageText: named(stage, 'text'),
    sourcedBy: sourcedBy?.id ?? null,
    owner: owner?.id ?? null,
    /** With `expand=owner`. */
    ownerName: named(owner, 'name'),
    applicationIds: applications.map(({ id }) => id),
    /** With `expand=applications`, otherwise empty. */
    postingIds: [...new Set(applications.flatMap(({ posting }) => (posting ? [posting.id] : [])))],
    /** The profile in Lever's web application. */
    url: urls?.show ?? null,
  }))
export type LeverOpportunity = z.output<typeof LeverOpportunitySchema>

export const DeletedOpportunitySchema = z.object({ id: leverId, deletedAt: time, deletedBy: reference })
