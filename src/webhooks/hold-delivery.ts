import { Types, type mongo } from 'mongoose'
import { coalesceByKey } from '../concurrency/coalesce.ts'
import { UNLIMITED } from '../concurrency/patience.ts'
import { DeliveryModel } from './delivery-model.ts'
import type { InsertGrouped } from './insert-grouped.ts'

export const HELD_FOR_MS = 24 * 3_600_000
/** Limits of held deliveries per connection: of one event, from one sending address, and in bytes of all their bodies. */
export const MOST_HELD = { ofEvent: 100, fromSender: 50, bytes: 8 * 1024 * 1024 } as const

/** A delivery whose signature cannot be checked yet. `sender` is a fingerprint, `bytes` the size of its body. */
export type Unchecked = mongo.Document & Place & { event: string; token: string; sender: string; bytes: number }

interface Place {
  organization: Types.ObjectId
  connection: Types.ObjectId
}

export type HoldOutcome = 'held' | 'repeat' | 'full'
export type Hold = (delivery: Unchecked) => Promise<HoldOutcome>

interface Arrival {
  delivery: Unchecked & { _id: Types.ObjectId }
  outcome: HoldOutcome
}

/**
 * Holds deliveries up to the limits. Deliveries that are already held stay, so that a flood does not push out a genuine one. Groups of one
 * connection are counted one after another. Another process may add deliveries at the same time: each process counts again and takes back
 * its excess, so together they stay within the limits.
 */
export function holdWithinLimits(insert: InsertGrouped): Hold {
  const join = coalesceByKey<Arrival>((arrivals) => holdGroup(insert, arrivals), UNLIMITED)
  return async (delivery) => {
    const arrival: Arrival = { delivery: { _id: new Types.ObjectId(), ...delivery }, outcome: 'full' }
    await join(String(delivery.connection), arrival)
    return arrival.outcome
  }
}

async function holdGroup(insert: InsertGrouped, arrivals: Arrival[]): Promise<void> {
  const [first] = arrivals
  if (!first) return
  const { organization, connection } = first.delivery
  const place = { organization, connection }
  const before = await readUsage(place)
  const taken = arrivals.filter(({ delivery }) => addIfItFits(before, delivery))
  const left = arrivals.filter((arrival) => !taken.includes(arrival))
  await Promise.all(
    taken.map(async (arrival) => void (arrival.outcome = (await insert(arrival.delivery)) === 'stored' ? 'held' : 'repeat')),
  )
  if (taken.length > 0) await takeBackExcess(place, taken)
  if (left.length > 0) await findRepeats(place, left)
}

/** A repeat of a held delivery is never refused, even when the limit is reached. */
async function findRepeats(place: Place, arrivals: Arrival[]): Promise<void> {
  const tokens = arrivals.map(({ delivery }) => delivery.token)
  const known = await DeliveryModel.find({
    ...place,
    event: { $in: arrivals.map(({ delivery }) => delivery.event) },
    token: { $in: tokens },
  })
    .select('event token')
    .lean()
  for (const arrival of arrivals) {
    const { event, token } = arrival.delivery
    if (known.some((one) => one.event === event && one.token === token)) arrival.outcome = 'repeat'
  }
}

/** Takes back part of the excess at a time, since another process may be doing the same. */
async function takeBackExcess(place: Place, taken: Arrival[]): Promise<void> {
  for (;;) {
    const usage = await readUsage(place)
    const excess = taken.toReversed().filter((arrival) => arrival.outcome === 'held' && removeIfBeyond(usage, arrival.delivery))
    if (excess.length === 0) return
    const part = excess.slice(0, Math.ceil(excess.length / 4))
    await DeliveryModel.deleteMany({ ...place, _id: { $in: part.map(({ delivery }) => delivery._id) }, status: 'held' })
    for (const arrival of part) arrival.outcome = 'full'
  }
}

interface Usage {
  byEvent: Map<string, number>
  bySender: Map<string, number>
  bytes: number
}

/** Needs only the index. */
async function readUsage(place: Place): Promise<Usage> {
  const groups = await DeliveryModel.aggregate<{ _id: { event: string; sender?: string }; count: number; bytes: number }>([
    { $match: { ...place, status: 'held', $expr: { $gt: ['$expiresAt', '$$NOW'] } } },
    { $group: { _id: { event: '$event', sender: '$sender' }, count: { $sum: 1 }, bytes: { $sum: '$bytes' } } },
  ])
  const usage: Usage = { byEvent: new Map(), bySender: new Map(), bytes: 0 }
  for (const { _id, count, bytes } of groups) addTo(usage, { event: _id.event, sender: _id.sender ?? '', count, bytes })
  return usage
}

function addIfItFits(usage: Usage, delivery: Unchecked): boolean {
  add(usage, delivery, 1)
  if (isWithin(usage, delivery)) return true
  add(usage, delivery, -1)
  return false
}

function removeIfBeyond(usage: Usage, delivery: Unchecked): boolean {
  if (isWithin(usage, delivery)) return false
  add(usage, delivery, -1)
  return true
}

function isWithin({ byEvent, bySender, bytes }: Usage, { event, sender }: Unchecked): boolean {
  const [ofEvent, fromSender] = [byEvent.get(event) ?? 0, bySender.get(sender) ?? 0]
  return ofEvent <= MOST_HELD.ofEvent && fromSender <= MOST_HELD.fromSender && bytes <= MOST_HELD.bytes
}

function add(usage: Usage, { event, sender, bytes }: Unchecked, sign: 1 | -1): void {
  addTo(usage, { event, sender, count: sign, bytes: sign * bytes })
}

function addTo(usage: Usage, { event, sender, count, bytes }: { event: string; sender: string; count: number; bytes: number }): void {
  usage.byEvent.set(event, (usage.byEvent.get(event) ?? 0) + count)
  usage.bySender.set(sender, (usage.bySender.get(sender) ?? 0) + count)
  usage.bytes += bytes
}
