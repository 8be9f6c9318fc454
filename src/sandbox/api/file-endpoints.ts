/** Files and résumés of an opportunity: unpaged lists, downloads and uploads; and uploads that do not belong to an opportunity yet. */
import { removeFile, storeFile } from '../actions/store-file.ts'
import type { FileAction, Upload } from '../account/history-records.ts'
import type { Opportunity, StoredFile, User } from '../account/records.ts'
import { newId } from '../ids.ts'
import { created, inRange, noContent, ok, performAs, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { LeverError, notFound } from './lever-error.ts'
import { opportunityOf } from './opportunity-of.ts'
import { pageOf } from './paging.ts'
import { extensionOf, fileStatus, uploadedFile } from './upload-input.ts'

const FILES = 'files:read:admin'
const WRITE = 'files:write:admin'
const RESUMES = 'resumes:read:admin'
const DAY_MS = 86_400_000

export const fileEndpoints: Endpoint[] = [
  {
    method: 'GET',
    path: '/opportunities/:id/files',
    permission: 'List all opportunity files',
    scope: FILES,
    handle: (call) => list(call, 'file'),
  },
  {
    method: 'GET',
    path: '/opportunities/:id/files/:file',
    permission: 'Retrieve a single opportunity file',
    scope: FILES,
    handle: (call) => one(call, 'file'),
  },
  {
    method: 'GET',
    path: '/opportunities/:id/files/:file/download',
    permission: 'Download an opportunity file',
    scope: FILES,
    handle: (call) => download(call, 'file'),
  },
  { method: 'POST', path: '/opportunities/:id/files', permission: 'Upload an opportunity file', scope: WRITE, handle: upload },
  { method: 'DELETE', path: '/opportunities/:id/files/:file', permission: 'Delete an opportunity file', scope: WRITE, handle: remove },
  {
    method: 'GET',
    path: '/opportunities/:id/resumes',
    permission: 'List all opportunity resumes',
    scope: RESUMES,
    handle: (call) => list(call, 'resume'),
  },
  {
    method: 'GET',
    path: '/opportunities/:id/resumes/:file',
    permission: 'Retrieve a single opportunity resume',
    scope: RESUMES,
    handle: (call) => one(call, 'resume'),
  },
  {
    method: 'GET',
    path: '/opportunities/:id/resumes/:file/download',
    permission: 'Download an opportunity resume',
    scope: RESUMES,
    handle: (call) => download(call, 'resume'),
  },
  {
    method: 'GET',
    path: '/opportunities/:id/file_actions',
    permission: 'List all opportunity file actions',
    scope: FILES,
    handle: listActions,
  },
  { method: 'POST', path: '/uploads', permission: 'Upload a file', scope: 'uploads:write:admin', handle: uploadForLater },
]

type Kind = StoredFile['kind']

function filesOf(call: ApiCall, opportunity: Opportunity, kind: Kind): StoredFile[] {
  return (call.world.account.files.get(opportunity.id) ?? []).filter((file) => file.kind === kind)
}

function fileOf(call: ApiCall, opportunity: Opportunity, kind: Kind): StoredFile {
  const file = filesOf(call, opportunity, kind).find(({ id }) => id === call.params['file'])
  if (!file) throw notFound(`${kind}s`, call.params['file'] ?? '')
  return file
}

function list(call: ApiCall, kind: Kind): ApiAnswer {
  const within = inRange(call.query, 'uploaded_at')
  const all = filesOf(call, opportunityOf(call), kind)
  if (kind === 'resume' && all.length === 0 && call.world.settings.answers.noResumes === 404)
    throw notFound('resumes of', call.params['id'] ?? '')
  const files = all.filter((file) => within?.(file.uploadedAt) ?? true)
  return { status: 200, body: { data: files.map((file) => fileJson(call, file)), hasNext: false } }
}

function one(call: ApiCall, kind: Kind): ApiAnswer {
  return ok(fileJson(call, fileOf(call, opportunityOf(call), kind)))
}

/** A file that could not be processed cannot be downloaded (Lever's API documentation). */
function download(call: ApiCall, kind: Kind): ApiAnswer {
  const file = fileOf(call, opportunityOf(call), kind)
  const bytes = Buffer.from(file.content, 'base64')
  if (fileStatus(file.name, bytes.length) === 'error') throw new LeverError(422, 'The file could not be processed')
  return { status: 200, body: bytes, contentType: file.contentType }
}

function upload(call: ApiCall): ApiAnswer {
  const user = performAs(call, 'required') as User
  const stored = storeFile(call.world, opportunityOf(call), 'file', uploadedFile(call.body), user.id)
  return created({ ...fileJson(call, stored), id: stored.id })
}

function remove(call: ApiCall): ApiAnswer {
  const user = performAs(call, 'required') as User
  const opportunity = opportunityOf(call)
  const file = fileOf(call, opportunity, 'file')
  removeFile(call.world, opportunity, file, user.id)
  return noContent(file.id)
}

function listActions(call: ApiCall): ApiAnswer {
  const actions = call.world.account.fileActions.get(opportunityOf(call).id) ?? []
  return pageOf(call, actions, (action) => [action.occurredAt, action.id], actionJson)
}

/** The contents of `meta` are assumed. */
function actionJson({ id, opportunity, type, occurredAt, createdAt, user, fileId, fileName }: FileAction): Record<string, unknown> {
  return { id, opportunityId: opportunity, type, occurredAt, createdAt, user: user && { id: user }, meta: { fileId, fileName } }
}

/** Kept for a day, for the form of a posting. */
function uploadForLater(call: ApiCall): ApiAnswer {
  const { world } = call
  const { name, contentType, bytes } = uploadedFile(call.body)
  const kept: Upload = { id: newId(), filename: name, contentType, content: bytes.toString('base64'), expiresAt: world.now() + DAY_MS }
  for (const old of world.account.uploads.values()) if (old.expiresAt <= world.now()) world.account.uploads.delete(old.id)
  world.account.uploads.set(kept.id, kept)
  world.changed()
  const { id, filename, expiresAt } = kept
  return created({ id, uri: `${world.urls.apiUrl}/uploads/${id}`, filename, size: bytes.length, expiresAt })
}

function fileJson(call: ApiCall, file: StoredFile): Record<string, unknown> {
  const size = Buffer.byteLength(file.content, 'base64')
  const details = {
    name: file.name,
    ext: extensionOf(file.name),
    downloadUrl: `${call.world.urls.apiUrl}/opportunities/${file.opportunity}/${file.kind}s/${file.id}/download`,
    uploadedAt: file.uploadedAt,
    status: fileStatus(file.name, size),
    size,
  }
  if (file.kind === 'file') return { id: file.id, ...details }
  return { id: file.id, createdAt: file.uploadedAt, file: details, parsedData: { positions: [], schools: [] } }
}
