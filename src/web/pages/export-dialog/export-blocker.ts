import { clearanceOf } from '../../../accounts/clearance.ts'
import type { Accounts } from '../../../accounts/accounts.ts'
import type { PersonCaller } from '../../../accounts/caller.ts'
import type { Connections } from '../../../connection/connections.ts'
import { messageWithHint, type ServiceError } from '../../../errors.ts'
import type { Exports } from '../../../export/exports.ts'
import type { AdminName, Problem } from './export-problem.tsx'

export interface ExportBlockerDeps {
  exports: Pick<Exports, 'assess'>
  connections: Pick<Connections, 'get'>
  accounts: Pick<Accounts, 'listPeople'>
}

/** Why a person cannot export at all, and who can change it. */
export interface ExportBlocker {
  problem: Problem
  /** Active admins; empty if the person is an admin. */
  admins: AdminName[]
}

export type FindExportBlocker = (person: PersonCaller) => Promise<ExportBlocker | null>

/** More names would not help. */
const NAMED_ADMINS = 3

/** Finds, without a request to Lever, what prevents a person from exporting anything. */
export function exportBlockerFinder(deps: ExportBlockerDeps): FindExportBlocker {
  return async (person) => {
    const { problems } = await deps.exports.assess({
      organization: person.organization,
      requestedBy: person.email,
      clearance: clearanceOf(person),
    })
    const [problem] = problems
    if (!problem) return null
    return { problem: await inContext(problem, person, deps), admins: person.role === 'admin' ? [] : await adminsOf(person, deps) }
  }
}

async function inContext(problem: ServiceError, { organization }: PersonCaller, deps: ExportBlockerDeps): Promise<Problem> {
  const { code, extra } = problem
  const detail = messageWithHint(problem)
  if (code === 'connection_not_active') return { code, detail, connection: (await deps.connections.get(organization)).status }
  return code === 'scope_missing' ? { code, detail, missing: extra['missing'] as string[] } : { code, detail }
}

async function adminsOf({ organization }: PersonCaller, { accounts }: ExportBlockerDeps): Promise<AdminName[]> {
  const { data } = await accounts.listPeople(organization, { limit: 100 })
  return data.filter(({ role, active }) => role === 'admin' && active).slice(0, NAMED_ADMINS)
}
