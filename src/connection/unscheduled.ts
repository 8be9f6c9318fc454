import { ConnectionModel, type ConnectionDocument } from './connection-model.ts'

export type ScheduledConnection = Pick<ConnectionDocument, '_id' | 'organization' | 'status' | 'unscheduledSince'>

const FIELDS = { organization: 1, status: 1, unscheduledSince: 1 } as const

/** Returns connections whose status or grant has changed since {@link noteScheduled}, the oldest first. */
export function findUnscheduled(atMost: number): Promise<ScheduledConnection[]> {
  return ConnectionModel.find({ unscheduledSince: { $gt: new Date(0) } }, FIELDS)
    .sort({ unscheduledSince: 1 })
    .limit(atMost)
    .lean<ScheduledConnection[]>()
}

/** Records that the recurring work of this connection, as it was read, is scheduled. */
export async function noteScheduled({ _id, unscheduledSince }: ScheduledConnection): Promise<void> {
  await ConnectionModel.updateOne({ _id, unscheduledSince: unscheduledSince ?? null }, { $unset: { unscheduledSince: 1 } })
}
