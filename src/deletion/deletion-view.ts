import { z } from 'zod'
import type { OrganizationDeletion } from './deletion-model.ts'

export const DeletionView = z
  .object({
    id: z.string(),
    subject: z.string().meta({ description: '`organization:<id>`' }),
    cause: z.literal('organization_deleted'),
    actor: z.string().meta({ description: 'Who requested it, as the audit trail names them.' }),
    erasedAt: z.iso.datetime(),
    removed: z.record(z.string(), z.int()).meta({ description: 'Number of documents deleted, by collection.' }),
  })
  .meta({ id: 'OrganizationErasure', description: 'The receipt of the deletion of an organization. It contains no personal data.' })

export type DeletionView = z.output<typeof DeletionView>

export function deletionView({ _id, organization, actor, deletedAt, removed }: OrganizationDeletion): DeletionView {
  return {
    id: _id.toHexString(),
    subject: `organization:${organization.toHexString()}`,
    cause: 'organization_deleted',
    actor,
    erasedAt: (deletedAt ?? _id.getTimestamp()).toISOString(),
    removed: Object.fromEntries(removed.map(({ from, documents }) => [from, documents])),
  }
}
