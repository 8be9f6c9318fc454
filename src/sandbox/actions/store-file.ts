import type { Opportunity, StoredFile } from '../account/records.ts'
import { newId } from '../ids.ts'
import type { World } from '../world.ts'
import { touchOpportunity } from './change-opportunity.ts'

/** Keeps an uploaded file or résumé with its opportunity. */
export function storeFile(
  world: World,
  opportunity: Opportunity,
  kind: StoredFile['kind'],
  file: { name: string; contentType: string; bytes: Buffer },
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
  const others = world.account.files.get(opportunity.id)
  if (others) others.push(stored)
  else world.account.files.set(opportunity.id, [stored])
  touchOpportunity(world, opportunity)
  return stored
}
