import { z } from 'zod'
import type { Lane, LeverClient } from './client.ts'
import { filledText, leverId } from './lenient.ts'
import { leverPath } from './lever-path.ts'
import type { LeverUpload } from './opportunities.ts'

const FileSchema = z.object({ id: leverId, name: filledText })
export type LeverFile = z.output<typeof FileSchema>

/** Yields the files of an opportunity, except résumés. */
export function listFiles(client: LeverClient, opportunityId: string, options: { lane?: Lane } = {}): AsyncIterable<LeverFile> {
  return client.list(leverPath`/opportunities/${opportunityId}/files`, { item: FileSchema, ...options })
}

/**
 * Adds a file. Each call adds another one.
 * @throws LeverCallError; `classifyWriteError` says what it means
 */
export async function addFile(
  client: LeverClient,
  { opportunityId, performAs, file, prepare, beforeSend, lane }: FileToAdd,
): Promise<void> {
  const form = new FormData()
  form.append('file', new Blob([file.bytes], { type: file.contentType }), file.filename)
  await client.write('POST', leverPath`/opportunities/${opportunityId}/files`, {
    query: { perform_as: performAs },
    form,
    schema: z.unknown(),
    ...(prepare ? { prepare } : {}),
    ...(beforeSend ? { beforeSend } : {}),
    ...(lane ? { lane } : {}),
  })
}

export interface FileToAdd {
  opportunityId: string
  /** Id of the Lever user who is credited; required by Lever. */
  performAs: string
  file: LeverUpload
  prepare?: () => Promise<void>
  beforeSend?: () => void
  lane?: Lane
}
