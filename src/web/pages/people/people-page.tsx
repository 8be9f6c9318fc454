import { randomUUID } from 'node:crypto'
import type { Person } from '../../../accounts/people.ts'
import { PERSON_ROLES } from '../../../accounts/person-model.ts'
import type { ListOrder } from '../../../paging.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Layout } from '../site/layout.tsx'
import { ListLinks } from '../kit/list-links.tsx'
import { BY_NAME, BY_TIME, sortHead } from '../kit/list-order.ts'
import { listAddress } from '../kit/list-query.ts'
import { usePage } from '../kit/page-context.ts'
import { PeopleSearch } from './people-search.tsx'
import { PersonRow } from './person-row.tsx'
import { ShownOnce } from '../kit/shown-once.tsx'
import { Table } from '../kit/table.tsx'
import { peopleTexts } from './texts-people.ts'

export interface PeoplePageProps {
  people: readonly Person[]
  /** The search text; empty for all. */
  q: string
  sort: ListOrder
  cursor: string | undefined
  nextCursor: string | null
  /** A new link, shown only this once. */
  link?: { name: string; url: string } | undefined
  /** A refused invitation, with the wrong field and the reason. */
  refused?: Refused | undefined
}

export interface Refused {
  name: string
  email: string
  role: string
  why: { name?: string; email?: string }
}

const HERE = '/settings/people'

/** The people who may use the service: invite, assign a role, deactivate. */
export function PeoplePage({ people, q, sort, cursor, nextCursor, link, refused }: PeoplePageProps) {
  const t = peopleTexts(usePage().language)
  const address = (other: ListOrder) => listAddress(HERE, { q, sort: other })
  return (
    <Layout title={t.title} lead={t.lead}>
      {link === undefined ? null : (
        <ShownOnce title={t.linkTitle(link.name)} lead={t.linkLead} label={t.link} value={link.url} copyLabel={t.copyLink} />
      )}
      <Invitation refused={refused} />
      <PeopleSearch href={HERE} q={q} sort={sort} rows={people.length} isPaged={cursor !== undefined || nextCursor !== null} />
      {people.length === 0 ? null : (
        <Form action={listAddress(`${HERE}/changes`, { q, sort, cursor })} class="card">
          <Table
            heads={[sortHead(t.person, BY_NAME, sort, address), t.role, t.active, sortHead(t.added, BY_TIME, sort, address), '']}
            label={t.title}
          >
            {people.map((person) => (
              <PersonRow key={person.id} person={person} />
            ))}
          </Table>
          <p class="actions end">
            <button type="submit">{t.save}</button>
          </p>
        </Form>
      )}
      <Form action={`${HERE}/link`} id="link-form">
        <input type="hidden" name="once" value={randomUUID()} />
      </Form>
      <ListLinks href={HERE} q={q} sort={sort} cursor={cursor} nextCursor={nextCursor} first={t.first} more={t.more} />
    </Layout>
  )
}

function Invitation({ refused }: Pick<PeoplePageProps, 'refused'>) {
  const t = peopleTexts(usePage().language)
  return (
    <Form action={HERE} class="card">
      <h2>{t.inviteTitle}</h2>
      <input type="hidden" name="once" value={randomUUID()} />
      <div class="fields">
        <Field id="name" label={t.name} why={refused?.why.name}>
          {(tie) => <input {...tie} type="text" name="name" value={refused?.name} required maxlength={200} autocomplete="off" />}
        </Field>
        <Field id="email" label={t.email} why={refused?.why.email}>
          {(tie) => (
            <input {...tie} type="text" inputmode="email" name="email" value={refused?.email} required maxlength={320} autocomplete="off" />
          )}
        </Field>
        <Field id="role" label={t.role}>
          {(tie) => (
            <select {...tie} name="role">
              {PERSON_ROLES.toReversed().map((role) => (
                <option key={role} value={role} selected={refused?.role === role}>
                  {t[role]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <button type="submit">{t.invite}</button>
      </div>
      <p class="small">{t.roles}</p>
    </Form>
  )
}
