import type { LeverPerson } from './mapping-deps.ts'
import type { MappingDocument } from './mapping-model.ts'

export const MAPPING_STATUSES = ['mapped', 'lever_user_deactivated', 'lever_user_missing'] as const
export type MappingStatus = (typeof MAPPING_STATUSES)[number]

/** A mapping with its Lever user as last seen. */
export interface MappingView {
  userEmail: string
  leverEmail: string
  leverUserId: string
  leverName: string | null
  accessRole: string | null
  active: boolean
  status: MappingStatus
}

/** @param leverUser the user in the mirror; undefined if the mirror has none */
export function toMappingView(mapping: MappingDocument, leverUser: LeverPerson | undefined): MappingView {
  const { userEmail, leverUserId, active } = mapping
  return {
    userEmail,
    leverEmail: leverUser?.email ?? mapping.leverEmail,
    leverUserId,
    leverName: leverUser?.name ?? null,
    accessRole: leverUser?.accessRole ?? null,
    active,
    status: statusOf(leverUser),
  }
}

function statusOf(leverUser: LeverPerson | undefined): MappingStatus {
  if (!leverUser) return 'lever_user_missing'
  return leverUser.deactivatedAt === null ? 'mapped' : 'lever_user_deactivated'
}
