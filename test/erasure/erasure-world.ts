import { randomBytes } from 'node:crypto'
import mongoose from 'mongoose'
import { eventually } from '../support/eventually.ts'
import type { FaultOrder } from '../support/lever.ts'
import { SOURCER, type Api, type ExportAnswer, type ServiceForTests } from '../support/service.ts'
import { searchEverywhere } from './search-everywhere.ts'

export interface PersonInTest {
  id: string
  name: string
  email: string
  phone: string
  link: string
  profileUrl: string
}

export interface Receipt {
  id: string
  subject: string
  cause: string
  erasedAt: string
  removed: Record<string, number>
}

export const CREATE = { method: 'POST', path: '^/opportunities$' }
/** The look-ups of exports: no background job asks for an email address. */
export const LIST = { method: 'GET', path: '^/opportunities$', query: 'email=' }

/** A person who shares no data with anybody else. */
export async function addPerson(api: Api, headers: Record<string, string> = {}): Promise<PersonInTest> {
  const tag = randomBytes(4).toString('hex')
  const person = {
    name: `Zsófia Quixley ${tag}`,
    email: `zsofia.${tag}@quixley.example`,
    phone: `+36 1 ${Number.parseInt(tag.slice(0, 6), 16)}`,
    link: `https://github.com/zsofia-${tag}`,
    profileUrl: `https://tool.example/people/${tag}`,
  }
  const { body, status } = await api.post<{ id: string }>('candidates', inputOf(person), headers)
  if (status !== 201) throw new Error(`the candidate was refused: ${JSON.stringify(body)}`)
  return { ...person, id: body.id }
}

export function inputOf({ name, email, phone, link, profileUrl }: Omit<PersonInTest, 'id'>): Record<string, unknown> {
  return { name, emails: [email], phones: [{ value: phone }], links: [link], profileUrl, summary: `${name} knows Go.` }
}

/** Sends a résumé of several chunks, each with the name. Resolves to the status of the response. */
export async function sendResume({ url }: ServiceForTests, apiKey: string, { id, name, email }: PersonInTest): Promise<number> {
  const form = new FormData()
  form.set('file', new Blob([`${name}\n${email}\n`.repeat(20_000)], { type: 'text/plain' }), `${name}.txt`)
  const headers = { authorization: `Bearer ${apiKey}` }
  return (await fetch(`${url}/api/v1/candidates/${id}/resume`, { method: 'PUT', body: form, headers })).status
}

/** Collections that contain any data of the person. */
export async function tracesOf({ name, email, phone, link, profileUrl }: PersonInTest): Promise<string[]> {
  return searchEverywhere(name, email, phone, link, profileUrl)
}

/** Number of hashes in the mirrored opportunity, by which the mirror can recognize its person. */
export async function hashesInMirror(opportunityId: string | null): Promise<number> {
  const record = await mongoose.connection.collection('lever_opportunities').findOne({ leverId: opportunityId ?? '' })
  return [...((record?.['emailHashes'] as string[]) ?? []), ...((record?.['linkHashes'] as string[]) ?? [])].length
}

export async function receiptOf(api: Api, { id }: Pick<PersonInTest, 'id'>): Promise<Receipt | null> {
  const { body } = await api.get<{ data: Receipt[] }>('erasures?limit=100')
  return body.data.find(({ subject }) => subject === `candidate:${id}`) ?? null
}

export async function receiptComes(api: Api, person: PersonInTest, withinMs = 15_000): Promise<Receipt> {
  return eventually('the receipt of the erasure', () => receiptOf(api, person), withinMs)
}

export async function readExport(api: Api, id: string): Promise<ExportAnswer> {
  return (await api.get<ExportAnswer>(`exports/${id}`)).body
}

export async function askForExport(api: Api, person: Pick<PersonInTest, 'id'>, fields: Record<string, unknown> = {}): Promise<string> {
  const { body, status } = await api.post<ExportAnswer>('exports', { candidateId: person.id, requestedBy: SOURCER, ...fields })
  if (status !== 202) throw new Error(`the export was refused: ${JSON.stringify(body)}`)
  return body.id
}

export async function fault({ lever }: ServiceForTests, match: FaultOrder['match'], order: Omit<FaultOrder, 'match'>): Promise<void> {
  await lever.fault({ times: 1, ...order, ...(match ? { match } : {}) })
}
