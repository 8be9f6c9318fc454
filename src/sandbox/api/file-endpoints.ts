/** Files and résumés of an opportunity: lists without pages, downloads, upload. */
import { extname } from 'node:path'
import { storeFile } from '../actions/store-file.ts'
import { touchOpportunity } from '../actions/change-opportunity.ts'
import type { Opportunity, StoredFile } from '../account/records.ts'
import { created, inRange, noContent, ok, performAs, type ApiAnswer, type ApiCall, type Endpoint } from './endpoint.ts'
import { badRequest, notFound } from './lever-error.ts'
import { opportunityOf } from './opportunity-of.ts'

const FILES = 'files:read:admin'
const WRITE = 'files:write:admin'
const RESUMES = 'resumes:read:admin'

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

function download(call: ApiCall, kind: Kind): ApiAnswer {
  const file = fileOf(call, opportunityOf(call), kind)
  return { status: 200, body: Buffer.from(file.content, 'base64'), contentType: file.contentType }
}

function upload(call: ApiCall): ApiAnswer {
  performAs(call, 'required')
  const opportunity = opportunityOf(call)
  const file = call.body.kind === 'form' ? call.body.files.find(([name]) => name === 'file')?.[1] : undefined
  if (!file) throw badRequest('file is required')
  const stored = storeFile(call.world, opportunity, 'file', file)
  return created({ ...fileJson(call, stored), id: stored.id })
}

function remove(call: ApiCall): ApiAnswer {
  performAs(call, 'required')
  const opportunity = opportunityOf(call)
  const file = fileOf(call, opportunity, 'file')
  const others = (call.world.account.files.get(opportunity.id) ?? []).filter(({ id }) => id !== file.id)
  call.world.account.files.set(opportunity.id, others)
  touchOpportunity(call.world, opportunity)
  return noContent(file.id)
}

function fileJson(call: ApiCall, file: StoredFile): Record<string, unknown> {
  const details = {
    name: file.name,
    ext: extname(file.name).slice(1),
    downloadUrl: `${call.world.urls.apiUrl}/opportunities/${file.opportunity}/${file.kind}s/${file.id}/download`,
    uploadedAt: file.uploadedAt,
    status: 'processed',
    size: Buffer.byteLength(file.content, 'base64'),
  }
  if (file.kind === 'file') return { id: file.id, ...details }
  return { id: file.id, createdAt: file.uploadedAt, file: details, parsedData: { positions: [], schools: [] } }
}
