/** Adds and removes files and résumés, and records both. */
import { addTo } from '../account/account.ts'
import type { FileAction } from '../account/history-records.ts'
import type { Opportunity, StoredFile } from '../account/records.ts'
import { newId } from '../ids.ts'
import type { World } from '../world.ts'
import { touchOpportunity } from './change-opportunity.ts'

/** Stores an uploaded file or résumé with its opportunity. */
export function storeFile(
  world: World,
  opportunity: Opportunity,
  kind: StoredFile['kind'],
  file: { name: string; contentType: string; bytes: Buffer },
  byUserId: string | null,
): StoredFile {
  const stored: StoredFile = {
    id: newId(),
    opportunity: opportunity.id,
    kind,
    name: file.name,
    contentType: file.contentType,
    content: file.bytes.toString('base64'),
    uploadedAt: world.now(),
  }
  addTo(world.account.files, opportunity.id, stored)
  trace(world, stored, kind === 'file' ? 'file-added' : 'resume-imported', byUserId)
  touchOpportunity(world, opportunity)
  return stored
}

export function removeFile(world: World, opportunity: Opportunity, file: StoredFile, byUserId: string | null): void {
  const others = (world.account.files.get(opportunity.id) ?? []).filter(({ id }) => id !== file.id)
  world.account.files.set(opportunity.id, others)
  trace(world, file, 'file-remove', byUserId)
  touchOpportunity(world, opportunity)
}

function trace(world: World, file: StoredFile, type: FileAction['type'], user: string | null): void {
  const now = world.now()
  const action: FileAction = {
    id: newId(),
    opportunity: file.opportunity,
    type,
    occurredAt: now,
    createdAt: now,
    user,
    fileId: file.id,
    fileName: file.name,
  }
  addTo(world.account.fileActions, file.opportunity, action)
}
