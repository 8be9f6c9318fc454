import type { Life } from './lives.ts'

/** A violation, and the person it is about. */
export interface Finding {
  what: 'unanswered' | 'unfinished' | 'created later' | 'note later' | 'unnamed' | 'trace' | 'survivor' | 'blind'
  /** The mark, or the form of trace that the search misses. */
  of: string
  detail: string
}

/** Records of a person in Lever. */
export interface InLever {
  id: string
  createdAt: number
  notes: readonly { createdAt: number }[]
}

/** The state of an erasure in the database. */
export interface ErasureRecord {
  status: string
  createdAt: Date
  madeInLever: readonly string[]
}

export interface ErasureEvidence {
  lives: readonly Life[]
  /** Keyed by mark. */
  inLever: ReadonlyMap<string, readonly InLever[]>
  /** Keyed by candidate id. */
  erasures: ReadonlyMap<string, ErasureRecord>
  /** Opportunities that exports name as created. */
  known: ReadonlySet<string>
  /** Collections by mark or phone. */
  traces: ReadonlyMap<string, readonly string[]>
}

export function findAll(evidence: ErasureEvidence): Finding[] {
  return evidence.lives.flatMap((life) => (life.erased ? findOfErased(life, evidence) : findOfSurvivor(life, evidence)))
}

function findOfErased(life: Life, { inLever, erasures, known, traces }: ErasureEvidence): Finding[] {
  const of = life.mark
  const { answeredAt = null } = life.erased ?? {}
  if (answeredAt === null) return [{ what: 'unanswered', of, detail: 'DELETE was never answered' }]
  const erasure = erasures.get(life.id)
  const findings: Finding[] = []
  if (erasure?.status !== 'done') findings.push({ what: 'unfinished', of, detail: `the erasure is ${erasure?.status ?? 'not there'}` })
  for (const { id, createdAt, notes } of inLever.get(of) ?? []) {
    const later = (at: number): string => `${id}, ${at - answeredAt} ms after the answer`
    if (createdAt > answeredAt) findings.push({ what: 'created later', of, detail: later(createdAt) })
    for (const note of notes) if (note.createdAt > answeredAt) findings.push({ what: 'note later', of, detail: later(note.createdAt) })
    const isNamed = known.has(id) && (createdAt < (erasure?.createdAt.getTime() ?? 0) || erasure?.madeInLever.includes(id))
    if (!isNamed) findings.push({ what: 'unnamed', of, detail: `${id} is in Lever, and no export or receipt says so` })
  }
  for (const text of [life.mark, life.phone]) {
    const collections = traces.get(text)
    if (collections) findings.push({ what: 'trace', of, detail: `${text} in ${collections.join(', ')}` })
  }
  return findings
}

/** Checks that no one else is lost. */
function findOfSurvivor({ mark, exportIsAccepted }: Life, { inLever }: ErasureEvidence): Finding[] {
  const count = inLever.get(mark)?.length ?? 0
  if (!exportIsAccepted || count === 1) return []
  return [{ what: 'survivor', of: mark, detail: `is ${count} times in Lever` }]
}
