import type { Accounts } from '../../../../accounts/accounts.ts'
import { actorOf } from '../../../../accounts/caller.ts'
import type { Connections } from '../../../../connection/connections.ts'
import { isServiceError } from '../../../../errors.ts'
import type { Mappings } from '../../../../mapping/mappings.ts'
import type { Mirror } from '../../../../mirror/mirror.ts'
import { keepNotice, type Notice } from '../../../shell/flash.ts'
import { parseAddress, parseForm } from '../../../shell/page-session.ts'
import { personOf } from '../../../shell/require-person.ts'
import { seeOther } from '../../../shell/see-other.ts'
import type { SiteContext } from '../../../shell/site-state.ts'
import { AtsUsersPage } from './ats-users-page.tsx'
import { ListQuery } from '../../kit/list-query.ts'
import { MappingForm, type MappingAction } from './mapping-form.ts'
import { page, type PageRoute } from '../../../shell/page-route.ts'
import { problemWords } from '../../kit/problem-words.ts'
import { renderPage } from '../../kit/render-page.tsx'
import { saveMappings, type MappingState, type MappingWish, type Unsaved } from './save-mappings.ts'
import type { Language } from '../../../shell/languages.ts'
import { usersTexts } from './texts-users.ts'

export interface AtsUsersDeps {
  accounts: Pick<Accounts, 'listPeople'>
  connections: Pick<Connections, 'describe'>
  mappings: Mappings
  mirror: Pick<Mirror, 'allUsers'>
}

const HERE = '/settings/ats/users'
const PAGE_ROWS = 50

/** The wizard's step that matches people to Lever users. */
export function atsUsersRoutes(deps: AtsUsersDeps): PageRoute[] {
  return [page.get(HERE, { access: 'admin' }, (ctx) => show(ctx, deps)), page.post(HERE, { access: 'admin' }, (ctx) => save(ctx, deps))]
}

/** A form that could not be saved completely. */
interface Held {
  wishes: readonly MappingWish[]
  unsaved: readonly Unsaved[]
  notice: Notice
}

async function show(ctx: SiteContext, deps: AtsUsersDeps, held?: Held): Promise<void> {
  const { organization } = personOf(ctx)
  const { q, cursor } = parseAddress(ctx, ListQuery)
  const [connection, people, leverUsers, unmatched] = await Promise.all([
    deps.connections.describe(organization),
    deps.accounts.listPeople(organization, { limit: PAGE_ROWS, cursor }, { q }),
    deps.mirror.allUsers(organization),
    deps.mappings.suggest(organization),
  ])
  const emails = people.data.map(({ email }) => email)
  const mappings = await deps.mappings.ofPeople(organization, emails)
  const rows = people.data.map((person) => ({
    person,
    mapping: mappings.get(person.email) ?? null,
    // no near misses can be suggested before Lever's users are known
    unmatched: (leverUsers.length > 0 && unmatched.find(({ userEmail }) => userEmail === person.email)) || null,
    ...heldOf(held, person.email, ctx.state.language),
  }))
  const { nextCursor } = people
  renderPage(ctx, <AtsUsersPage {...{ connection, rows, leverUsers, q, cursor, nextCursor }} notice={held?.notice ?? null} />, {
    status: held ? 422 : 200,
  })
}

function heldOf(held: Held | undefined, email: string, language: Language): { typed?: MappingState; why?: string } {
  const typed = held?.wishes.find(({ userEmail }) => userEmail === email)
  const unsaved = held?.unsaved.find(({ userEmail }) => userEmail === email)
  return typed && unsaved ? { typed, why: whyOf(language, unsaved) } : {}
}

function whyOf(language: Language, unsaved: Unsaved): string {
  if ('error' in unsaved) return problemWords(language, unsaved.error)
  const t = usersTexts(language)
  const { leverEmail, active } = unsaved.now
  return t.changedMeanwhile(leverEmail === '' ? t.nothing : active ? leverEmail : `${leverEmail} (${t.off})`)
}

/** Saves the changed rows whichever button was pressed, then does what the button says. */
async function save(ctx: SiteContext, deps: AtsUsersDeps): Promise<void> {
  const person = personOf(ctx)
  const t = usersTexts(ctx.state.language)
  const { wishes, action } = parseForm(ctx, MappingForm)
  const { saved, unsaved } = await saveMappings(deps.mappings, person.organization, wishes, actorOf(person))
  if (unsaved.length > 0) return show(ctx, deps, { wishes, unsaved, notice: { look: 'bad', text: t.someRefused } })
  const done = saved === 0 ? '' : t.saved(saved)
  const matched = action === 'match' ? await match(ctx, deps) : null
  const notice = { look: matched?.look ?? 'ok', text: [done, matched?.text].filter(Boolean).join(' ') } as const
  if (notice.text !== '') keepNotice(ctx, notice)
  seeOther(ctx, addressAfter(ctx, action))
}

async function match(ctx: SiteContext, { mappings }: AtsUsersDeps): Promise<Notice> {
  const person = personOf(ctx)
  const t = usersTexts(ctx.state.language)
  try {
    const { matched, unmatched } = await mappings.autoMatch(person.organization, actorOf(person))
    return { look: 'ok', text: `${t.matched(matched.length)} ${t.unmatched(unmatched.length)}`.trim() }
  } catch (error) {
    if (!isServiceError(error)) throw error
    return { look: 'bad', text: problemWords(ctx.state.language, error) }
  }
}

function addressAfter(ctx: SiteContext, action: MappingAction): string {
  return action === 'proceed' ? '/settings/ats/activate' : `${HERE}${ctx.search}`
}
