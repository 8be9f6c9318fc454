import type { Person } from '../../../accounts/people.ts'
import { PERSON_ROLES } from '../../../accounts/person-model.ts'
import { usePage } from '../kit/page-context.ts'
import { PersonName } from '../kit/person-name.tsx'
import { Cell, Row, RowHead } from '../kit/table.tsx'
import { peopleTexts } from './texts-people.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

/** A person with role and switch. The row's saved state is included, so that a later change by others is noticed. */
export function PersonRow({ person }: { person: Person }) {
  const { language, caller } = usePage()
  const t = peopleTexts(language)
  const { id, email, name, createdAt } = person
  const isSelf = caller?.personId === id
  return (
    <Row>
      <RowHead id={`person-${id}`}>
        <PersonName name={name} email={email} />
      </RowHead>
      {isSelf ? <Self person={person} /> : <Changeable person={person} />}
      <Cell head={t.added}>
        <TimeAgo at={createdAt.toISOString()} />
      </Cell>
      <Cell>
        <span class="actions">
          {person.active ? (
            <button type="submit" form="link-form" name="email" value={email} class="quiet" aria-describedby={`person-${id}`}>
              {t.makeLink}
            </button>
          ) : null}
          {isSelf ? null : (
            <a href={`/settings/people/remove?email=${encodeURIComponent(email)}`} aria-label={`${t.remove}: ${name}`}>
              {t.remove}
            </a>
          )}
        </span>
      </Cell>
    </Row>
  )
}

/** Admins cannot change their own row, so there is always an admin left. */
function Self({ person: { role } }: { person: Person }) {
  const t = peopleTexts(usePage().language)
  return (
    <>
      <Cell head={t.role}>
        {t[role]} <span class="small">{t.yourself}</span>
      </Cell>
      <Cell head={t.active}>
        <span class="badge">{t.you}</span>
      </Cell>
    </>
  )
}

function Changeable({ person: { id, email, role, active } }: { person: Person }) {
  const t = peopleTexts(usePage().language)
  return (
    <>
      <Cell head={t.role}>
        <input type="hidden" name={`was:${id}`} value={JSON.stringify({ email, role, active })} />
        <select name={`role:${id}`} aria-label={t.role} aria-describedby={`person-${id}`}>
          {PERSON_ROLES.map((one) => (
            <option key={one} value={one} selected={one === role}>
              {t[one]}
            </option>
          ))}
        </select>
      </Cell>
      <Cell head={t.active}>
        <input
          type="checkbox"
          role="switch"
          name={`active:${id}`}
          checked={active}
          aria-label={t.active}
          aria-describedby={`person-${id}`}
        />
      </Cell>
    </>
  )
}
