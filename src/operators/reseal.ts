import type { mongo } from 'mongoose'
import { sealedInOrganizations } from '../accounts/sealed-in-organizations.ts'
import { sealedInAuthorizationFlows, sealedInConnections } from '../connection/sealed-in-connections.ts'
import type { SealedField } from '../secrets/sealed-field.ts'
import type { Sealer } from '../secrets/sealer.ts'
import { sealedInIdempotencyKeys } from '../web/api/idempotency.ts'

/** All sealed values. A part that begins to seal something adds its list here. */
const SOURCES = [sealedInOrganizations, sealedInConnections, sealedInAuthorizationFlows, sealedInIdempotencyKeys]

export interface ResealReport {
  /** Values sealed with the first key, before or during this run. */
  current: number
  resealed: number
  /**
   * Values that the last pass found sealed with another key, because a process with another first key continues to
   * write them.
   */
  left: number
  /**
   * Values that the key they name does not open, by collection, id, and field: they were changed, or copied from
   * another place.
   */
  unreadable: string[]
}

/** Some values were sealed with missing keys. Nothing was changed. */
export class MissingKeysError extends Error {
  readonly records: readonly string[]
  constructor(records: readonly string[]) {
    super(
      'Some secrets were sealed with keys that are not in SECRET_KEYS. Nothing was changed. Add these keys after the first, then run this again.',
    )
    this.name = 'MissingKeysError'
    this.records = records
  }
}

/** The last pass finds nothing to move unless other processes continue to seal with another key. */
const PASSES = 4
const SAY_EVERY = 1000

/**
 * Moves every sealed value to the first key. Each write compares the stored value, so the service may be running. May
 * be interrupted and repeated.
 * @throws MissingKeysError before anything is changed
 */
export async function resealEverything(sealer: Sealer, say: (line: string) => void): Promise<ResealReport> {
  await assertKeysAreThere(sealer)
  const report: ResealReport = { current: 0, resealed: 0, left: 0, unreadable: [] }
  for (let pass = 0; pass < PASSES; pass += 1) {
    const { current, resealed, left, unreadable } = await movePass(sealer, say)
    Object.assign(report, { current, left: left + resealed, unreadable, resealed: report.resealed + resealed })
    if (report.left === 0) break
  }
  return report
}

async function assertKeysAreThere(sealer: Sealer): Promise<void> {
  const missing: string[] = []
  for await (const one of everySealedField()) {
    const { id, isKnown } = sealer.keyOf(one.sealed)
    if (!isKnown) missing.push(`${nameOf(one)} (key ${id})`)
  }
  if (missing.length > 0) throw new MissingKeysError(missing)
}

/** Makes one pass over all values. `left` counts those that others changed while they were being moved. */
async function movePass(sealer: Sealer, say: (line: string) => void): Promise<ResealReport> {
  const pass: ResealReport = { current: 0, resealed: 0, left: 0, unreadable: [] }
  for await (const one of everySealedField()) {
    const outcome = sealer.isOutdated(one.sealed) ? await move(sealer, one) : 'current'
    if (outcome === 'unreadable') pass.unreadable.push(nameOf(one))
    else pass[outcome] += 1
    if (outcome === 'resealed') pass.current += 1
    const seen = pass.current + pass.left + pass.unreadable.length
    if (seen % SAY_EVERY === 0) say(`${seen} secrets checked, ${pass.resealed} moved`)
  }
  return pass
}

async function move(sealer: Sealer, { collection, id, field, sealed, place }: SealedField): Promise<'resealed' | 'left' | 'unreadable'> {
  let secret: string
  try {
    secret = sealer.open(sealed, place)
  } catch {
    return 'unreadable'
  }
  const filter = { _id: id, [field]: sealed } as mongo.Filter<mongo.Document>
  const moved = await collection.updateOne(
    filter,
    { $set: { [field]: sealer.seal(secret, place) } },
    { writeConcern: { w: 'majority', j: true } },
  )
  return moved.matchedCount === 1 ? 'resealed' : 'left'
}

async function* everySealedField(): AsyncGenerator<SealedField> {
  for (const source of SOURCES) yield* source()
}

function nameOf({ collection, id, field }: SealedField): string {
  return `${collection.name} ${String(id)} ${field}`
}
