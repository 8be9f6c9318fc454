/** Records of past events: deletions, added and removed files, changes to the account. */
import { z } from 'zod'

const id = z.string()
const ms = z.number()

export const DeletedApplication = z.object({ id, deletedAt: ms, opportunityId: id, postingId: id })
export type DeletedApplication = z.infer<typeof DeletedApplication>

export const DeletedPosting = z.object({ id, deletedAt: ms })
export type DeletedPosting = z.infer<typeof DeletedPosting>

export const FileAction = z.object({
  id,
  opportunity: id,
  type: z.enum(['file-added', 'resume-imported', 'file-remove']),
  occurredAt: ms,
  createdAt: ms,
  user: id.nullable(),
  fileId: id,
  fileName: z.string(),
})
export type FileAction = z.infer<typeof FileAction>

/** A file that an application may refer to within a day; `content` is base64. */
export const Upload = z.object({
  id,
  filename: z.string(),
  contentType: z.string(),
  content: z.string(),
  expiresAt: ms,
})
export type Upload = z.infer<typeof Upload>

export const AUDIT_TYPES = ['user:added', 'user:updated', 'user:deactivated', 'user:reactivated', 'key:added', 'key:removed'] as const

export const AuditEvent = z.object({
  id,
  createdAt: ms,
  type: z.enum(AUDIT_TYPES),
  /** null for a program */
  user: id.nullable(),
  target: z.object({ id, type: z.enum(['user', 'key']), label: z.string() }),
})
export type AuditEvent = z.infer<typeof AuditEvent>
