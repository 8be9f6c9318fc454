import type { ConnectionStatus } from '../../../connection/connection-model.ts'
import { usePage } from '../kit/page-context.ts'
import { exportProblemTexts } from './texts-export-problems.ts'

/** Why something cannot be exported, or failed. */
export interface Problem {
  code: string
  /** In English, with Lever's words if there are any. */
  detail: string
  /** Status of the connection, if that is the reason. */
  connection?: ConnectionStatus
  /** Scopes or permissions that Lever has not granted, if that is the reason. */
  missing?: readonly string[]
}

type Texts = ReturnType<typeof exportProblemTexts>
type ProblemName = { [K in keyof Texts]: K extends `${infer N}_next` ? N : never }[keyof Texts]

/** Pages where an admin can fix the problem. */
const PLACES: Partial<Record<ProblemName, { href: string; name: 'openSettings' | 'openUsers' | 'openPeople' }>> = {
  user_inactive: { href: '/settings/people', name: 'openPeople' },
  user_not_mapped: { href: '/settings/ats/users', name: 'openUsers' },
  mapping_inactive: { href: '/settings/ats/users', name: 'openUsers' },
  lever_user_deactivated: { href: '/settings/ats/users', name: 'openUsers' },
  connection_not_active: { href: '/settings/ats', name: 'openSettings' },
  feature_off: { href: '/settings/ats/settings', name: 'openSettings' },
  scope_missing: { href: '/settings/ats', name: 'openSettings' },
}
/** Problems whose detail says more than our text. */
const SPEAK_FOR_THEMSELVES: readonly string[] = ['lever_rejected', 'outcome_unknown', 'other']

export interface AdminName {
  name: string
  email: string
}

/** Says what is wrong and the one next step: admins get a link, others get the names of admins to ask (any admin if none is named). */
export function ExportProblem({ problem, admins = [] }: { problem: Problem; admins?: readonly AdminName[] }) {
  const { language } = usePage()
  const t = exportProblemTexts(language)
  const name = nameOf(problem, t)
  return (
    <>
      <strong>{t[name]}</strong> {t[`${name}_next`]} <WhereOrWhom place={PLACES[placeNameOf(problem)]} admins={admins} />
      {problem.missing ? (
        <span class="small detail">
          {t.missing} <code>{problem.missing.join(', ')}</code>
        </span>
      ) : null}
      {SPEAK_FOR_THEMSELVES.includes(name) && problem.detail !== '' ? (
        <span class="small detail">
          {t.leverSays} {problem.detail}
        </span>
      ) : null}
    </>
  )
}

function WhereOrWhom({ place, admins }: { place: (typeof PLACES)[ProblemName]; admins: readonly AdminName[] }) {
  const { language, caller } = usePage()
  const t = exportProblemTexts(language)
  if (!place) return null
  if (caller?.role === 'admin') return <a href={place.href}>{t[place.name]}</a>
  const names = admins.map(({ name, email }) => `${name} (${email})`)
  return <>{names.length === 0 ? t.askAnyAdmin : t.askAdmin(names.join(` ${t.or} `))}</>
}

function nameOf({ code, connection }: Problem, t: Texts): ProblemName {
  const name = connection && connection !== 'active' ? `connection_${connection}` : code
  return isProblemName(name, t) ? name : 'other'
}

function placeNameOf({ code }: Problem): ProblemName {
  return code as ProblemName
}

function isProblemName(name: string, t: Texts): name is ProblemName {
  return Object.hasOwn(t, `${name}_next`)
}
