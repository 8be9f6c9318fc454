import { Types, type AnyBulkWriteOperation, type ClientSession } from 'mongoose'
import { isServiceError } from '../errors.ts'
import type { CandidateInput } from './candidate-input.ts'
import { emailKey, linkKey } from './candidate-keys.ts'
import { CandidateModel, type CandidateDocument } from './candidate-model.ts'
import type { CsvCandidate } from './csv/csv-candidates.ts'
import { ERASED, newKeys, type Entering } from './erased-people.ts'
import { ImportTurnModel } from './import-turn-model.ts'
import { emailKeysOf, linkKeysOf, loadKnownCandidates, type KnownCandidate, type KnownCandidates } from './match-candidates.ts'
import { mergeCandidate, type CandidateFields } from './merge-candidate.ts'
import { isDuplicateKey, toUpdate } from './save-candidate.ts'
import { entryOf, type StageWatch } from './stage-entries.ts'

export interface RejectedRow {
  line: number
  message: string
  /** None of somebody who was erased here. */
  cells: string[]
}

export interface RowsOutcome {
  created: number
  updated: number
  rejected: RejectedRow[]
}

/** An API call may take the external id of a row between reading and writing; then the batch is read again. */
const TRIES = 5
const REFUSED = `${ERASED} (erased): import with allowErased=true if the people of this file are to be entered again.`

/**
 * Makes and updates candidates from rows of a file, all of them or, on an error, none. Rows about the same person make one.
 * Batches of an organization run one after another, in whatever process. `alongside` writes in the same transaction.
 */
export async function importRows(
  organization: string,
  rows: CsvCandidate[],
  entering: Entering,
  alongside: (outcome: RowsOutcome, session: ClientSession) => Promise<void> = async () => undefined,
): Promise<RowsOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const watch = await entering.watchStages(organization)
      const outcome = await CandidateModel.db.transaction(async (session) => {
        await ImportTurnModel.updateOne({ organization }, { $inc: { turn: 1 } }, { upsert: true, session })
        const written = await writeRows(organization, rows, { ...entering, watch }, session)
        await alongside(written, session)
        return written
      })
      await watch?.wake()
      return outcome
    } catch (error) {
      if (attempt === TRIES || !isDuplicateKey(error)) throw error
    }
  }
}

async function writeRows(
  organization: string,
  rows: CsvCandidate[],
  entering: Entering & { watch: StageWatch | null },
  session: ClientSession,
): Promise<RowsOutcome> {
  const inputs = rows.flatMap((row) => ('input' in row ? [row.input] : []))
  const known = await loadKnownCandidates(organization, inputs, session)
  const refused = await refusedKeys(organization, rows, entering)
  const outcome: RowsOutcome = { created: 0, updated: 0, rejected: [] }
  for (const row of rows) applyRow(row, { known, refused }, outcome)

  const writes = [...known.all()].flatMap((candidate) => toWrite(organization, candidate))
  if (writes.length > 0) await CandidateModel.bulkWrite(writes, { session })
  if (entering.watch) await recordEntries(known, entering.watch, session)
  return outcome
}

async function recordEntries(known: KnownCandidates, watch: StageWatch, session: ClientSession): Promise<void> {
  const entries = [...known.all()].flatMap(({ id, stored, fields }) => entryOf(id, stored, fields) ?? [])
  await watch.record(
    entries.filter((entry) => watch.concerns(entry)),
    session,
  )
}

/** Of the e-mails and links in these rows, those of people who were erased and are not to be entered again. */
async function refusedKeys(organization: string, rows: CsvCandidate[], { erased, allowErased }: Entering): Promise<Set<string>> {
  if (!allowErased) return erased.among(organization, [...new Set(rows.flatMap(keysIn))])
  await erased.lift(organization, [...new Set(rows.flatMap((row) => ('input' in row ? keysIn(row) : [])))])
  return new Set()
}

/** Of a row that cannot be read, what looks like an e-mail or a link in its cells. */
function keysIn(row: CsvCandidate): string[] {
  if ('input' in row) return [...linkKeysOf(row.input), ...emailKeysOf(row.input)]
  const words = row.cells.flatMap((cell) => cell.split(/[\s;,"<>()]+/))
  return words.flatMap((word) => {
    if (word.includes('@')) return emailKey(word)
    return word.includes('/') ? linkKey(/^https?:/i.test(word) ? word : `https://${word}`) : []
  })
}

interface People {
  known: KnownCandidates
  refused: Set<string>
}

function applyRow(row: CsvCandidate, people: People, outcome: RowsOutcome): void {
  const merged = 'fault' in row ? row.fault : merge(row.input, people)
  if (typeof merged === 'string') {
    const isErased = keysIn(row).some((key) => people.refused.has(key))
    outcome.rejected.push({ line: row.line, message: merged, cells: isErased ? [] : row.cells })
    return
  }
  outcome[merged.isKnown ? 'updated' : 'created'] += 1
}

/** Takes the row's values over into `known`; else says why it cannot be a candidate. */
function merge(input: CandidateInput, { known, refused }: People): { isKnown: boolean } | string {
  const match = known.find(input)
  const fields = mergedOrFault(match, input)
  if (typeof fields === 'string') return fields
  if (newKeys(fields, match?.fields ?? null).some((key) => refused.has(key))) return REFUSED
  if (match) {
    match.changed ||= differs(match.fields, fields)
    match.fields = fields
    known.add(match)
  } else {
    known.add({ id: new Types.ObjectId(), stored: null, changed: true, fields })
  }
  return { isKnown: match !== null }
}

/** The candidate as it stands after the row, or why it cannot be one. */
export function mergedOrFault(match: KnownCandidate | null, input: CandidateInput): CandidateFields | string {
  try {
    return mergeCandidate(match?.fields ?? null, input)
  } catch (error) {
    if (!isServiceError(error, 'invalid_request')) throw error
    return (error.errors ?? [])
      .map(({ path, message }) => (path === 'name' ? `The name ${message}.` : `The row is not complete: ${message}.`))
      .join(' ')
  }
}

function differs(known: KnownCandidate['fields'], fields: CandidateFields): boolean {
  return Object.entries(fields).some(
    ([field, value]) => JSON.stringify(known[field as keyof CandidateFields] ?? undefined) !== JSON.stringify(value),
  )
}

function toWrite(organization: string, { id, stored, changed, fields }: KnownCandidate): AnyBulkWriteOperation<CandidateDocument>[] {
  if (!changed) return []
  if (!stored) return [{ insertOne: { document: { _id: id, organization, ...fields } as unknown as CandidateDocument } }]
  return [{ updateOne: { filter: { _id: id }, update: toUpdate(fields as CandidateFields) } }]
}
