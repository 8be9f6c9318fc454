import { CHANGED_BEFORE, FEW, FEW_OF_EXPORTER, RARE_LEVER_STAGE, RARE_PROJECT, RARE_STAGE, UNIQUE } from './rows-seed.ts'
import { NEVER_TOGETHER } from './rows-people.ts'

/** `exporter` is the sourcer who requested a third of the exports, `newcomer` one who requested none. */
export type Caller = 'admin' | 'exporter' | 'newcomer'

export interface RowsRequest {
  /** The table that it belongs to. */
  of: string
  path: string
  by: Caller
  /** For the table. */
  finds: string
  isRight: (body: string) => boolean
}

/** The number of rows, or `many` for at least two; `name` is part of each name. */
interface Expected {
  rows: number | 'many'
  name?: string
}

const ONE: Expected = { rows: 1, name: UNIQUE.name }
const NONE: Expected = { rows: 0 }
const MANY: Expected = { rows: 'many' }
const SEVERAL: Expected = { rows: FEW }

const [email] = UNIQUE.emails
const [phone] = UNIQUE.phones
const [link] = UNIQUE.links
const absent = NEVER_TOGETHER.join(' ').toLowerCase()

const SEARCHES: readonly (readonly [q: string, expected: Expected])[] = [
  ['wilhelmina', ONE],
  ['quist ottoline', ONE],
  [email ?? '', ONE],
  [phone?.value ?? '', ONE],
  [link ?? '', ONE],
  ['sextant cartog', ONE],
  ['maria quistgaard', { rows: 1, name: 'Maria Quistgaard' }],
  ['maria', { rows: 'many', name: 'Maria' }],
  ['yilmaz', { rows: 'many', name: 'Yılmaz' }],
  ['maria smith', { rows: 'many', name: 'Maria Smith' }],
  ['senior engineer berlin', MANY],
  ['engineer', MANY],
  ['m', MANY],
  ['ng', MANY],
  ['c++', MANY],
  ['zzyzx', NONE],
  ['maria zzyzx', NONE],
  [absent, NONE],
  [`senior engineer ${absent}`, NONE],
  ['engineer nurse', NONE],
  ['.*', NONE],
]

const FILTERS: readonly (readonly [filter: string, expected: Expected])[] = [
  ['exported=true', MANY],
  ['exported=false', SEVERAL],
  ['project=search-7', MANY],
  [`project=${RARE_PROJECT}`, SEVERAL],
  ['project=none', NONE],
  ['stage=qualified', MANY],
  [`stage=${RARE_STAGE}`, SEVERAL],
  ['leverStageId=lead-new', MANY],
  [`leverStageId=${RARE_LEVER_STAGE}`, SEVERAL],
  ['externalId=person-0', ONE],
  [`updatedSince=${CHANGED_BEFORE.toISOString()}`, SEVERAL],
  ['updatedSince=2025-01-01', MANY],
  ['project=search-7&exported=true', MANY],
  ['project=search-7&exported=false', NONE],
  ['project=search-7&stage=qualified&leverStageId=lead-new', MANY],
  [`project=search-7&stage=${RARE_STAGE}`, NONE],
  ['q=maria&exported=false', { rows: 1 }],
  ['q=maria&project=search-7', MANY],
  ['q=engineer&exported=true', MANY],
  [`q=engineer&project=${RARE_PROJECT}`, NONE],
]

/** All requests that the benchmark repeats. */
export function requestsToMeasure(batchId: string): RowsRequest[] {
  return [...candidateRequests(), ...exportRequests(batchId), ...auditRequests(), ...pageRequests()]
}

function candidateRequests(): RowsRequest[] {
  const list = (query: string, expected: Expected, by: Caller = 'admin') =>
    apiRequest('Candidates', `candidates${query === '' ? '' : `?${query}`}`, expected, by)
  const searched = SEARCHES.map(([q, expected]) => [`q=${encodeURIComponent(q)}`, expected] as const)
  return [
    list('', MANY),
    ...searched.map(([query, expected]) => list(query, expected)),
    ...FILTERS.map(([query, expected]) => list(query, expected)),
    list(`leverStageId=${RARE_LEVER_STAGE}`, { rows: FEW - 1 }, 'newcomer'), // one is confidential
    ...['added', 'name', '-name'].flatMap((sort) => [
      list(`sort=${sort}`, MANY),
      list(`sort=${sort}&q=wilhelmina`, ONE),
      list(`sort=${sort}&q=maria`, MANY),
      list(`sort=${sort}&q=engineer`, MANY),
      list(`sort=${sort}&q=zzyzx`, NONE),
      list(`sort=${sort}&exported=false`, SEVERAL),
      list(`sort=${sort}&project=search-7`, MANY),
    ]),
  ]
}

function exportRequests(batchId: string): RowsRequest[] {
  const list = (query: string, expected: Expected, by: Caller = 'admin') =>
    apiRequest('Exports', `exports${query === '' ? '' : `?${query}`}`, expected, by)
  return [
    list('', MANY),
    list('', MANY, 'exporter'),
    list('', NONE, 'newcomer'),
    list('status=failed', { rows: FEW_OF_EXPORTER }, 'exporter'),
    list('status=failed', NONE, 'newcomer'),
    list('status=exported', MANY),
    list('status=failed', SEVERAL),
    list('status=running', NONE),
    list('status=canceled', NONE),
    list(`batchId=${batchId}`, SEVERAL),
    list(`batchId=${batchId}&status=failed`, SEVERAL),
    list('candidateId=000000000000000000000000', NONE),
  ]
}

function auditRequests(): RowsRequest[] {
  const list = (query: string, expected: Expected) => apiRequest('Audit trail', `audit-events${query === '' ? '' : `?${query}`}`, expected)
  const day = CHANGED_BEFORE.toISOString().slice(0, 10)
  return [
    list('', MANY),
    list('action=export.exported', MANY),
    list('action=export.failed', SEVERAL),
    list('action=export.none', NONE),
    list('actor=lever', SEVERAL),
    list('actor=service', MANY),
    list('actor=service&action=export.failed', NONE),
    list('actor=lever&action=export.exported', NONE),
    list(`to=${day}`, NONE),
    list(`from=${day}&action=export.failed`, SEVERAL),
  ]
}

function pageRequests(): RowsRequest[] {
  const of = 'Pages'
  const list = (path: string, expected: Expected, by: Caller = 'admin'): RowsRequest => ({
    of,
    path,
    by,
    finds: told(expected),
    isRight: (html) =>
      hasRows(expected, html.match(/<input type="checkbox" name="id"/g)?.length ?? 0) && html.includes(expected.name ?? ''),
  })
  const other = (path: string, text: string, by: Caller = 'admin'): RowsRequest =>
    ({ of, path, by, finds: 'a page', isRight: (html) => html.includes(text) }) // prettier-ignore
  return [
    list('/candidates', MANY),
    list('/candidates', MANY, 'newcomer'),
    list('/candidates?sort=name', MANY),
    list('/candidates?q=wilhelmina', ONE),
    list('/candidates?q=maria', MANY, 'newcomer'),
    list('/candidates?q=zzyzx', NONE),
    list('/candidates?exported=false', SEVERAL),
    list(`/candidates?project=${encodeURIComponent(RARE_PROJECT)}`, SEVERAL),
    list('/candidates?q=maria&exported=true&sort=name', MANY),
    other('/exports', 'Exports'),
    other('/exports', 'Exports', 'exporter'),
    other('/exports', 'Exports', 'newcomer'),
    other('/exports?status=failed', 'Exports'),
    other('/exports?status=canceled', 'Exports'),
    other('/activity', 'Activity'),
    other('/activity?action=export.failed', 'Activity'),
    other('/activity?actor=lever&action=export.exported', 'Activity'),
  ]
}

function apiRequest(of: string, path: string, expected: Expected, by: Caller = 'admin'): RowsRequest {
  return {
    of,
    path: `/api/v1/${path.replaceAll(' ', '%20')}`,
    by,
    finds: told(expected),
    isRight(body) {
      const { data } = JSON.parse(body) as { data: { name?: string }[] }
      return (
        hasRows(expected, data.length) && (expected.name === undefined || data.every(({ name }) => name?.includes(expected.name ?? '')))
      )
    },
  }
}

function told({ rows }: Expected): string {
  return String(rows)
}

function hasRows({ rows }: Expected, shown: number): boolean {
  return rows === 'many' ? shown > 1 : shown === rows
}
