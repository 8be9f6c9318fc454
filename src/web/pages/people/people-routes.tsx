import { z } from 'zod'
import type { Accounts } from '../../../accounts/accounts.ts'
import type { ApiKey } from '../../../accounts/api-keys.ts'
import { actorOf, type PersonCaller } from '../../../accounts/caller.ts'
import { EmailAddress } from '../../../accounts/email-address.ts'
import type { Person } from '../../../accounts/people.ts'
import { PERSON_ROLES } from '../../../accounts/person-model.ts'
import { LONGEST_SECONDS } from '../../../accounts/sign-in-links.ts'
import type { Idempotency } from '../../api/idempotency.ts'
import { Name } from '../../api/organizations.ts'
import { keepNotice } from '../../shell/flash.ts'
import { parseAddress, parseForm } from '../../shell/page-session.ts'
import { personOf } from '../../shell/require-person.ts'
import { seeOther } from '../../shell/see-other.ts'
import type { SiteContext } from '../../shell/site-state.ts'
import { formatsOf } from '../kit/formats.ts'
import { actAndSay } from '../kit/act-and-say.ts'
import { ConfirmPage } from '../kit/confirm-page.tsx'
import { makeOnce } from '../kit/form-once.ts'
import { SortedListQuery } from '../kit/list-query.ts'
import { page, type PageRoute } from '../../shell/page-route.ts'
import { PeopleForm, savePeople } from './people-form.ts'
import { PeoplePage, type PeoplePageProps } from './people-page.tsx'
import { renderPage } from '../kit/render-page.tsx'
import { peopleTexts } from './texts-people.ts'

export interface PeoplePagesDeps {
  accounts: Pick<
    Accounts,
    'listPeople' | 'listWorkingKeysOf' | 'findPerson' | 'getPerson' | 'putPerson' | 'deletePerson' | 'createSignInLink'
  >
  idempotency: Pick<Idempotency, 'once'>
}

const HERE = '/settings/people'
const PAGE_ROWS = 50

/** An organization's people, for its admins. */
export function peopleRoutes(deps: PeoplePagesDeps): PageRoute[] {
  return [
    page.get(HERE, { access: 'admin' }, (ctx) => show(ctx, deps)),
    page.post(HERE, { access: 'admin' }, (ctx) => invite(ctx, deps)),
    page.post(`${HERE}/changes`, { access: 'admin' }, (ctx) => change(ctx, deps)),
    page.post(`${HERE}/link`, { access: 'admin' }, (ctx) => makeLink(ctx, deps)),
    page.get(`${HERE}/remove`, { access: 'admin' }, (ctx) => askToRemove(ctx, deps)),
    page.post(`${HERE}/remove`, { access: 'admin', bare: true }, (ctx) => remove(ctx, deps)),
  ]
}

async function show(ctx: SiteContext, { accounts }: PeoplePagesDeps, also: Pick<PeoplePageProps, 'link' | 'refused'> = {}): Promise<void> {
  const { q, sort, cursor } = parseAddress(ctx, SortedListQuery)
  const paging = { limit: PAGE_ROWS, cursor, order: sort }
  const { data, nextCursor } = await accounts.listPeople(personOf(ctx).organization, paging, { q })
  const status = also.refused === undefined ? 200 : 422
  renderPage(ctx, <PeoplePage people={data} {...{ q, sort, cursor, nextCursor }} {...also} />, { status })
}

const InvitationForm = z.object({
  name: z.string().max(1000).default(''),
  email: z.string().max(1000).default(''),
  role: z.enum(PERSON_ROLES).default('sourcer'),
  once: z.string().max(100).optional(),
})

/** Adds a person and shows their sign-in link; does not change a person who already exists. */
async function invite(ctx: SiteContext, deps: PeoplePagesDeps): Promise<void> {
  const caller = personOf(ctx)
  const t = peopleTexts(ctx.state.language)
  const typed = parseForm(ctx, InvitationForm)
  const name = Name.safeParse(typed.name).data
  const email = EmailAddress.safeParse(typed.email).data
  const refuse = (why: { name?: string; email?: string }) => show(ctx, deps, { refused: { ...typed, why } })
  if (name === undefined || email === undefined) {
    return refuse({ ...(name === undefined ? { name: t.badName } : {}), ...(email === undefined ? { email: t.badEmail } : {}) })
  }
  const { role, once } = typed
  const url = await makeOnce(deps.idempotency, { caller, path: HERE, once, fields: { name, email, role } }, async () => {
    if (await deps.accounts.findPerson(caller.organization, email)) return { id: NOBODY, secret: '' }
    await deps.accounts.putPerson(caller.organization, email, { name, role }, actorOf(caller))
    return linkFor(deps, caller, email)
  })
  return url === '' ? refuse({ email: t.hereAlready }) : show(ctx, deps, { link: { name, url } })
}

/** Replaces an invitation's id if there was none. */
const NOBODY = 'nobody'

async function linkFor({ accounts }: PeoplePagesDeps, caller: PersonCaller, userEmail: string): Promise<{ id: string; secret: string }> {
  const input = { userEmail, path: '/account/password', validForSeconds: LONGEST_SECONDS }
  const { id, url } = await accounts.createSignInLink(caller.organization, input, actorOf(caller))
  return { id, secret: url }
}

async function makeLink(ctx: SiteContext, deps: PeoplePagesDeps): Promise<void> {
  const caller = personOf(ctx)
  const { email, once } = parseForm(ctx, z.object({ email: z.string().max(1000), once: z.string().max(100).optional() }))
  const { name } = await deps.accounts.getPerson(caller.organization, email)
  const ofPerson = once === undefined ? undefined : `${once} ${email}`
  const url = await makeOnce(deps.idempotency, { caller, path: `${HERE}/link`, once: ofPerson, fields: { email } }, () =>
    linkFor(deps, caller, email),
  )
  return show(ctx, deps, { link: { name, url } })
}

async function change(ctx: SiteContext, { accounts }: PeoplePagesDeps): Promise<void> {
  const { language } = ctx.state
  const t = peopleTexts(language)
  const { saved, deactivated, changedMeanwhile } = await savePeople(accounts, personOf(ctx), parseForm(ctx, PeopleForm))
  const names = formatsOf(language).list.format(changedMeanwhile)
  const warnings = [...(changedMeanwhile.length === 0 ? [] : [t.changedMeanwhile(names)]), ...(await keysLeftBy(accounts, deactivated, t))]
  keepNotice(ctx, warnings.length === 0 ? { look: 'ok', text: t.saved(saved) } : { look: 'warn', text: warnings.join(' ') })
  seeOther(ctx, `${HERE}${ctx.search}`)
}

/** A sentence for each of these people whose API keys still work. */
async function keysLeftBy(
  accounts: PeoplePagesDeps['accounts'],
  people: readonly Person[],
  t: ReturnType<typeof peopleTexts>,
): Promise<string[]> {
  const sentences: string[] = []
  for (const { organization, id, name } of people) {
    const keys = await accounts.listWorkingKeysOf(organization, id)
    if (keys.length > 0) sentences.push(`${t.keysLeft(name, keys.length)} ${t.keysWhere}`)
  }
  return sentences
}

const Somebody = z.object({ email: z.string().max(1000) })

async function askToRemove(ctx: SiteContext, { accounts }: PeoplePagesDeps): Promise<void> {
  const t = peopleTexts(ctx.state.language)
  const { organization, id, email, name } = await somebodyElse(ctx, accounts, parseAddress(ctx, Somebody).email)
  const keys = await accounts.listWorkingKeysOf(organization, id)
  renderPage(
    ctx,
    <ConfirmPage title={t.removeTitle(name)} action={`${HERE}/remove?email=${encodeURIComponent(email)}`} button={t.remove} back={HERE}>
      <p>{t.removeLead}</p>
      {keys.length === 0 ? null : <KeysLeft name={name} keys={keys} t={t} />}
    </ConfirmPage>,
  )
}

function KeysLeft({ name, keys, t }: { name: string; keys: readonly ApiKey[]; t: ReturnType<typeof peopleTexts> }) {
  return (
    <>
      <p>{t.keysLeft(name, keys.length)}</p>
      <ul>
        {keys.map((key) => (
          <li key={key.id}>
            {key.name} <code>{`…${key.lastFour}`}</code> <a href={`/settings/api-keys/${key.id}/revoke`}>{t.revokeKey}</a>
          </li>
        ))}
      </ul>
    </>
  )
}

async function remove(ctx: SiteContext, { accounts }: PeoplePagesDeps): Promise<void> {
  const caller = personOf(ctx)
  const { email, name } = await somebodyElse(ctx, accounts, parseAddress(ctx, Somebody).email)
  const done = peopleTexts(ctx.state.language).removed(name)
  await actAndSay(ctx, () => accounts.deletePerson(caller.organization, email, actorOf(caller)), { goTo: HERE, done })
}

/** @throws ServiceError `user_not_found`, also for the caller's own email */
async function somebodyElse(ctx: SiteContext, accounts: PeoplePagesDeps['accounts'], email: string): Promise<Person> {
  const caller = personOf(ctx)
  const isOneself = email === caller.email
  return accounts.getPerson(caller.organization, isOneself ? '' : email)
}
