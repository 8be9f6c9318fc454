import type { AnyBulkWriteOperation, ClientSession } from 'mongoose'
import { isDuplicateKey } from '../duplicate-key.ts'
import { isServiceError } from '../errors.ts'
import type { CandidateInput } from './candidate-input.ts'
import { contactForms } from '../people/person-keys.ts'
import { keysToRefuse, textKeys } from './candidate-keys.ts'
import { CandidateModel, type CandidateDocument } from './candidate-model.ts'
import type { CsvCandidate } from './csv/csv-candidates.ts'
import { enteredBy, ERASED, newKeys, type Entering, type ErasedKeys } from './erased-people.ts'
import { ImportTurnModel } from './import-turn-model.ts'
import { loadKnownCandidates, type KnownCandidate, type KnownCandidates } from './match-candidates.ts'
import { mergeCandidate, remembering, type CandidateFields } from './merge-candidate.ts'
import { toUpdate } from './save-candidate.ts'
import { decidedIds, hasNewcomers, matchRow } from './who-is-who/match-row.ts'
import type { ImportPlan } from './who-is-who/import-plan.ts'
import { entryOf, type StageWatch } from './stage-entries.ts'
import { startTimeSlice } from './time-slice.ts'

export interface RejectedRow {
  line: number
  message: string
  /** Empty for a person who was erased here. */
  cells: string[]
}

export interface RowsOutcome {
  created: number
  updated: number
  /** Limited by `KeepAtMost`; the rest are only counted. */
  rejected: RejectedRow[]
  rejectedCount: number
  /** Warnings about imported rows, limited in the same way. */
  warnings: RowWarning[]
  warningCount: number
}

/** Contains no personal data. */
export interface RowWarning {
  line: number
  message: string
}

/** How many rejected rows and warnings are returned; the rest are only counted. */
export interface KeepAtMost {
  rejected: number
  warnings: number
}

/** An API call may take the external id of a row between reading and writing. The batch is then read again. */
const TRIES = 5
/** Casting documents in mongoose takes noticeable time. */
const WRITES_AT_ONCE = 100
/**
 * An unreadable row with more words that look like emails or links is not kept, because each of them is compared
 * with those of erased people.
 */
const MOST_NAMED = 100
/** Tells API callers why a row about an erased person is rejected. */
export const ERASED_ROW = `${ERASED} (erased): import with allowErased=true to add the people in this file again.`

/**
 * Creates and updates candidates from rows of a file: all of them or, on an error, none. Rows about the same person
 * make one candidate. Batches of an organization run one after another, across processes. `alongside` writes in the
 * same transaction. `onlyCounted` is the number of unreadable rows beyond those that are kept. Without a `plan`, each
 * row is matched as it is read.
 */
export async function importRows(
  organization: string,
  { rows, onlyCounted }: { rows: readonly CsvCandidate[]; onlyCounted: number },
  entering: Entering,
  {
    keepAtMost,
    plan,
    alongside = async () => undefined,
  }: { keepAtMost: KeepAtMost; plan: ImportPlan | null; alongside?: (outcome: RowsOutcome, session: ClientSession) => Promise<void> },
): Promise<RowsOutcome> {
  const keys = await readKeys(rows, keepAtMost.rejected)
  for (let attempt = 1; ; attempt += 1) {
    try {
      const watch = await entering.watchStages(organization)
      const outcome = await CandidateModel.db.transaction(async (session) => {
        await ImportTurnModel.updateOne({ organization }, { $inc: { turn: 1 } }, { upsert: true, session })
        const written = await writeRows(organization, { rows, keys, keepAtMost, plan }, { ...entering, watch }, session)
        written.rejectedCount += onlyCounted
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
  { rows, keys, keepAtMost, plan }: { rows: readonly CsvCandidate[]; keys: KeysOfRows; keepAtMost: KeepAtMost; plan: ImportPlan | null },
  entering: Entering & { watch: StageWatch | null },
  session: ClientSession,
): Promise<RowsOutcome> {
  const inputs = rows.flatMap((row) => ('input' in row ? [row.input] : []))
  const known = await loadKnownCandidates(organization, inputs, plan ? rows.flatMap(({ line }) => decidedIds(plan, line)) : [], session)
  const erased = await entering.erased.among(organization, [...new Set([...keys.values()].flat())])
  const outcome: RowsOutcome = { created: 0, updated: 0, rejected: [], rejectedCount: 0, warnings: [], warningCount: 0 }
  const people: People = {
    known,
    plan,
    mayBeNewcomer: hasNewcomers(known, plan),
    erased,
    allowErased: entering.allowErased,
    keys,
    keepAtMost,
  }
  const slice = startTimeSlice()
  for (const row of rows) {
    if (slice.isOver()) await slice.giveWay()
    applyRow(row, people, outcome)
  }

  const writes = [...known.all()].flatMap((candidate) => toWrite(organization, candidate))
  for (let at = 0; at < writes.length; at += WRITES_AT_ONCE) {
    if (slice.isOver()) await slice.giveWay()
    await CandidateModel.bulkWrite(writes.slice(at, at + WRITES_AT_ONCE), { session })
  }
  if (entering.allowErased) await liftErased(organization, known, entering, session)
  if (entering.watch) await recordEntries(known, entering.watch, session)
  return outcome
}

/** Lifts erasures only for the candidates that are written, and only by the values that their rows added. */
async function liftErased(organization: string, known: KnownCandidates, { erased }: Entering, session: ClientSession): Promise<void> {
  const written = [...known.all()].filter(({ changed }) => changed)
  const entered = written.map(({ stored, fields }) => enteredBy(fields as CandidateFields, stored))
  await erased.lift(organization, entered, session)
}

async function recordEntries(known: KnownCandidates, watch: StageWatch, session: ClientSession): Promise<void> {
  const entries = [...known.all()].flatMap(({ id, stored, fields }) => entryOf(id, stored, fields) ?? [])
  await watch.record(
    entries.filter((entry) => watch.concerns(entry)),
    session,
  )
}

/** Emails and links by row; empty for a rejected row that must not be kept. */
type KeysOfRows = ReadonlyMap<CsvCandidate, string[]>

async function readKeys(rows: readonly CsvCandidate[], keepAtMost: number): Promise<KeysOfRows> {
  const slice = startTimeSlice()
  const keys = new Map<CsvCandidate, string[]>()
  let unread = 0
  for (const row of rows) {
    if (slice.isOver()) await slice.giveWay()
    if ('fault' in row && (unread += 1) > keepAtMost) continue
    const found = 'input' in row ? [...keysToRefuse(row.input), ...textKeys(row.input)] : keysIn(row.cells)
    if (found) keys.set(row, found)
  }
  return keys
}

/** Returns what looks like an email or a link in the cells of an unreadable row, or null if there are too many. */
function keysIn(cells: readonly string[]): string[] | null {
  const emails: string[] = []
  const links: string[] = []
  for (const word of cells.flatMap((cell) => cell.split(/[\s;,"<>()]+/))) {
    if (word.includes('@')) emails.push(word)
    else if (word.includes('/')) links.push(word)
    if (emails.length + links.length > MOST_NAMED) return null
  }
  return [...keysToRefuse({ emails, links }), ...contactForms({ emails, links }), ...textKeys({ emails, links })]
}

type TakenRow = Extract<CsvCandidate, { input: CandidateInput }>

interface People {
  known: KnownCandidates
  plan: ImportPlan | null
  mayBeNewcomer: boolean
  /** The keys of erased people whom the rows name. */
  erased: ErasedKeys
  allowErased: boolean
  keys: KeysOfRows
  keepAtMost: KeepAtMost
}

function applyRow(row: CsvCandidate, people: People, outcome: RowsOutcome): void {
  const merged = 'fault' in row ? row.fault : merge(row, people)
  if (typeof merged === 'string') {
    outcome.rejectedCount += 1
    if (outcome.rejectedCount > people.keepAtMost.rejected) return
    const named = people.keys.get(row)
    const mayKeep = named !== undefined && !named.some((key) => people.erased.has(key))
    outcome.rejected.push({ line: row.line, message: merged, cells: mayKeep ? row.cells : [] })
    return
  }
  outcome[merged.isKnown ? 'updated' : 'created'] += 1
  for (const message of merged.warnings) {
    outcome.warningCount += 1
    if (outcome.warningCount <= people.keepAtMost.warnings) outcome.warnings.push({ line: row.line, message })
  }
}

/** Merges the row into `known`, or returns why it cannot be a candidate. */
function merge(
  row: TakenRow,
  { known, plan, mayBeNewcomer, erased, allowErased }: People,
): { isKnown: boolean; warnings: string[] } | string {
  const { input, warnings } = row
  const { match, doubt, made } = matchRow(row, known, plan, mayBeNewcomer)
  const merged = mergedOrFault(match, row)
  if (typeof merged === 'string') return merged
  const fields = remembering(match?.fields ?? null, merged, input)
  const isErased = !allowErased && erased.size > 0 && newKeys(fields, match?.fields ?? null).some((key) => erased.has(key))
  if (isErased) return ERASED_ROW
  if (match) {
    match.changed ||= differs(match.fields, fields)
    match.fields = fields
    known.add(match)
  } else {
    known.add({ id: made, stored: null, changed: true, fields })
  }
  return { isKnown: match !== null, warnings: doubt === null ? warnings : [...warnings, doubt] }
}

/** Returns the candidate after merging the row, or why it cannot be one, with the values that were left out. */
export function mergedOrFault(
  match: KnownCandidate | null,
  { input, warnings }: Pick<TakenRow, 'input' | 'warnings'>,
): CandidateFields | string {
  try {
    return mergeCandidate(match?.fields ?? null, input)
  } catch (error) {
    if (!isServiceError(error, 'invalid_request')) throw error
    const missing = (error.errors ?? []).map(({ path, message }) =>
      path === 'name' ? `The name ${message}.` : `The row is incomplete: ${message}.`,
    )
    return [...missing, ...warnings].join(' ')
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
  return [{ updateOne: { filter: { _id: id, organization }, update: toUpdate(fields as CandidateFields) } }]
}
