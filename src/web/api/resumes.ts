import { clearanceOf } from '../../accounts/clearance.ts'
import type { Candidates } from '../../candidates/candidates.ts'
import { CandidateView } from '../../candidates/candidate-view.ts'
import { RESUME_TYPES } from '../../candidates/resume-type.ts'
import { LARGEST_RESUME_BYTES, type Resumes } from '../../candidates/resumes.ts'
import { namedUpload } from '../shell/uploaded-file.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'
import { IdParams } from './request-fields.ts'

const PATH = '/candidates/{id}/resume'
const TAG = 'Candidates'

export function resumeEndpoints({ resumes, candidates }: { resumes: Resumes; candidates: Pick<Candidates, 'get'> }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'put',
      path: PATH,
      tag: TAG,
      summary: 'Add or replace the résumé of a candidate',
      description:
        'The field `file` must hold a PDF, DOC, DOCX or plain text file, judged by its content, of at most 10 MB. Later exports include it.',
      access: 'sourcer',
      params: IdParams,
      upload: { contentTypes: ['multipart/form-data'], limitBytes: LARGEST_RESUME_BYTES },
      answers: { 200: { description: 'The candidate with its résumé', schema: CandidateView } },
      handle: async ({ caller, params, incoming }) => {
        const upload = () => namedUpload(incoming, { field: 'file', limitBytes: LARGEST_RESUME_BYTES })
        await resumes.put(caller.organization, params.id, upload)
        return { status: 200, body: await candidates.get(caller.organization, params.id, clearanceOf(caller)) }
      },
    }),
    defineEndpoint({
      method: 'get',
      path: PATH,
      tag: TAG,
      summary: 'Download the résumé of a candidate as it was uploaded',
      access: 'sourcer',
      params: IdParams,
      answers: { 200: { description: 'The file', contentType: Object.values(RESUME_TYPES) } },
      handle: async ({ caller, params }) => {
        const { resume, bytes } = await resumes.get(caller.organization, params.id)
        const headers = { 'Content-Disposition': dispositionOf(resume.filename), 'Content-Length': String(bytes.length) }
        return { status: 200, contentType: resume.contentType, headers, body: Buffer.from(bytes.buffer) }
      },
    }),
    defineEndpoint({
      method: 'delete',
      path: PATH,
      tag: TAG,
      summary: 'Delete the résumé of a candidate in Fulcrum, not in Lever',
      access: 'sourcer',
      params: IdParams,
      answers: { 204: { description: 'Deleted' } },
      handle: async ({ caller, params }) => {
        await resumes.remove(caller.organization, params.id)
        return { status: 204 }
      },
    }),
  ]
}

/** Makes the browser save the file, never display it; names beyond ASCII follow RFC 6266. */
function dispositionOf(filename: string): string {
  const plain = filename.replace(/[^\x20-\x7E]/g, '_').replace(/["\\%]/g, '_')
  const encoded = encodeURIComponent(filename).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
