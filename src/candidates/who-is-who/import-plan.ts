import { hash } from 'node:crypto'
import { Types } from 'mongoose'
import type { CsvCandidate } from '../csv/csv-candidates.ts'
import { candidateKeys } from '../candidate-keys.ts'
import { findByAny } from '../find-by-any.ts'
import { formerKeys } from '../../people/former-keys.ts'
import { Claims } from './claims.ts'
import { chooseCandidates, type Choices } from './choose-candidates.ts'
import { groupRows, type RowGroups } from './group-rows.ts'
import { GrowingNumbers } from './growing-numbers.ts'
import { RowKeys } from './row-keys.ts'
import { identifyingValuesOf, type IdentifyingValues } from './identifying-values.ts'

/** The person that a row is about, decided before any row is imported. */
export interface Decision {
  /** The candidate that existed before the import. */
  known: Types.ObjectId | null
  /** The id of the candidate to create if `known` is null: the same for all rows about the person, even if the import restarts. */
  made: Types.ObjectId
  /** Why the row counts as a new person. */
  doubt: string | null
}

export interface ImportPlan {
  /** @param line the line where the row begins */
  decide(line: number): Decision | null
  /** True if the plan covers this candidate: it existed when the plan was made, or the import created it. */
  isDecided(id: Types.ObjectId): boolean
  /** Candidates that others added while the import ran, by the id that the import would have given the person. */
  readonly cameSince: Map<string, Types.ObjectId>
}

const ROWS_AT_ONCE = 500

/**
 * Reads a file once before it is imported, and decides which person each row is about, independent of the order of the rows.
 * @param importId id of the import; if it restarts, it creates the same candidates
 */
export async function planImport(
  organization: string,
  rows: AsyncIterable<CsvCandidate>,
  importId = new Types.ObjectId(),
): Promise<ImportPlan> {
  const prefix = prefixOf(importId)
  const keys = new RowKeys()
  const claims = new Claims(keys)
  const lines = new GrowingNumbers()
  let pending: { row: number; values: IdentifyingValues; data: object }[] = []
  for await (const row of rows) {
    if (!('input' in row)) continue
    lines.push(row.line)
    const values = identifyingValuesOf(row.input)
    pending.push({ row: keys.add(values), values, data: row.input })
    if (pending.length < ROWS_AT_ONCE) continue
    await claimKnown(organization, pending, claims, prefix)
    pending = []
  }
  if (pending.length > 0) await claimKnown(organization, pending, claims, prefix)
  const groups = await groupRows(keys, claims)
  return toPlan({ lines, groups, claims, choices: await chooseCandidates(keys, groups, claims), prefix })
}

async function claimKnown(
  organization: string,
  rows: readonly { row: number; values: IdentifyingValues; data: object }[],
  claims: Claims,
  prefix: Buffer,
): Promise<void> {
  const unnamed = rows.filter(({ values }) => values.externalId === null)
  const former = unnamed.map(({ data }) => formerKeys(data))
  const found = await findByAny(
    organization,
    {
      externalId: rows.flatMap(({ values }) => values.externalId ?? []),
      linkKeys: [...unnamed.flatMap(({ data }) => candidateKeys(data).linkKeys), ...former.flatMap(({ links }) => links)],
      emailKeys: [...unnamed.flatMap(({ values }) => values.emails), ...former.flatMap(({ emails }) => emails)],
      recordKeys: unnamed.map(({ values }) => values.record),
    },
    { fields: { externalId: 1, name: 1, emails: 1, links: 1, profileUrl: 1, recordKeys: 1 } },
  )
  claims.add(
    rows,
    found
      .filter(({ _id }) => !isOwn(prefix, _id))
      .map((candidate) => ({
        id: candidate._id.toHexString(),
        values: identifyingValuesOf(candidate),
        records: candidate.recordKeys ?? [],
      })),
  )
}

function toPlan(plan: { lines: GrowingNumbers; groups: RowGroups; claims: Claims; choices: Choices; prefix: Buffer }): ImportPlan {
  const { lines, groups, claims, choices, prefix } = plan
  return {
    decide(line) {
      const row = indexOf(lines, line)
      if (row === null) return null
      const group = groups.groupOf(row)
      const known = choices.candidateOf(group)
      return {
        known: known === null ? null : new Types.ObjectId(claims.idOf(known)),
        made: idFor(prefix, lines.at(group)),
        doubt: choices.doubtOf(group),
      }
    },
    isDecided: (id) => claims.has(id.toHexString()) || isOwn(prefix, id),
    cameSince: new Map(),
  }
}

/** `lines` is in ascending order. */
function indexOf(lines: GrowingNumbers, line: number): number | null {
  let [from, to] = [0, lines.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (lines.at(middle) < line) from = middle + 1
    else to = middle
  }
  return lines.at(from) === line && from < lines.length ? from : null
}

/**
 * The common prefix of the ids of all candidates that the import creates: its time in seconds and a hash, so that no other import creates
 * the same ids.
 */
function prefixOf(importId: Types.ObjectId): Buffer {
  return Buffer.concat([importId.id.subarray(0, 4), hash('sha256', importId.toHexString(), 'buffer').subarray(0, 4)])
}

/** Ids follow the order of the file. */
function idFor(prefix: Buffer, line: number): Types.ObjectId {
  const id = Buffer.alloc(12)
  prefix.copy(id)
  id.writeUInt32BE(line, prefix.length)
  return new Types.ObjectId(id)
}

function isOwn(prefix: Buffer, id: Types.ObjectId): boolean {
  return prefix.equals(id.id.subarray(0, prefix.length))
}
