import { normalizeEmail } from '../../../../accounts/email-address.ts'
import type { Person } from '../../../../accounts/people.ts'
import type { MappingView } from '../../../../mapping/mapping-view.ts'
import type { Unmatched } from '../../../../mapping/match-people.ts'
import type { Suggestion } from '../../../../mapping/near-miss.ts'
import { usePage } from '../../kit/page-context.ts'
import { PersonName } from '../../kit/person-name.tsx'
import { stateOf, type MappingState } from './save-mappings.ts'
import { Cell, Row, RowHead } from '../../kit/table.tsx'
import { nearMissTexts, unmatchedTexts, usersTexts } from './texts-users.ts'

/** One person's row in the form. */
export interface MappingRowProps {
  person: Person
  mapping: MappingView | null
  unmatched: Unmatched | null
  /** Unsaved input, and why it was not saved. */
  typed?: MappingState | undefined
  why?: string | undefined
}

/** A person with the field for the Lever user. The row's saved state is included, so that a later change by others is noticed. */
export function MappingRow({ person, mapping, unmatched, typed, why }: MappingRowProps) {
  const t = usersTexts(usePage().language)
  const { id, email, name } = person
  const was = stateOf(mapping)
  const { leverEmail, active } = typed ?? was
  return (
    <Row>
      <RowHead id={`person-${id}`}>
        <PersonName name={name} email={email} />
        {person.active ? null : <span class="badge">{t.inactiveHere}</span>}
      </RowHead>
      <Cell head={t.leverEmail}>
        <input type="hidden" name={`was:${id}`} value={JSON.stringify({ userEmail: email, ...was })} />
        <input
          type="text"
          inputmode="email"
          name={`lever:${id}`}
          value={leverEmail}
          list="lever-users"
          aria-label={t.leverEmail}
          aria-describedby={why === undefined ? `person-${id}` : `person-${id} why-${id}`}
          aria-invalid={why === undefined ? undefined : true}
          autocomplete="off"
          spellcheck={false}
          maxlength={320}
        />
        {why === undefined ? null : (
          <small id={`why-${id}`} class="field-error">
            {why}
          </small>
        )}
        {unmatched === null ? null : <NearMisses unmatched={unmatched} />}
      </Cell>
      <Cell head={t.inLever}>
        <InLever mapping={mapping} unmatched={unmatched} />
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
    </Row>
  )
}

/** Lever users who may be the right match. One click accepts one and saves the whole form. */
function NearMisses({ unmatched }: { unmatched: Unmatched }) {
  const { language } = usePage()
  const t = usersTexts(language)
  const { userEmail, suggestions } = unmatched
  const why = (suggestion: Suggestion) =>
    hasSameAddress(unmatched, suggestion) ? t.sameAddress : nearMissTexts(language)[suggestion.because]
  return (
    <>
      {suggestions.map((suggestion) => {
        const { leverUserId, leverEmail, leverName } = suggestion
        return (
          <span key={leverUserId} class="small near-miss">
            <button type="submit" name="do" value={`use ${userEmail} ${leverEmail}`} class="quiet">
              {t.use(leverEmail)}
            </button>{' '}
            {`${leverName ?? ''} (${why(suggestion)})`}
          </span>
        )
      })}
    </>
  )
}

function hasSameAddress({ userEmail }: Unmatched, { leverEmail }: Suggestion): boolean {
  return normalizeEmail(leverEmail) === userEmail
}

function InLever({ mapping, unmatched }: Pick<MappingRowProps, 'mapping' | 'unmatched'>) {
  const { language } = usePage()
  const t = usersTexts(language)
  if (mapping === null) {
    return (
      <>
        <span class="badge warn">{t.notMapped}</span>
        {unmatched === null || unmatched.suggestions.some((suggestion) => hasSameAddress(unmatched, suggestion)) ? null : (
          <span class="small">{unmatchedTexts(language)[unmatched.reason]}</span>
        )}
      </>
    )
  }
  const { status, active, leverName, accessRole } = mapping
  return (
    <>
      {status === 'mapped' && active ? <span class="badge ok">{t.mapped}</span> : null}
      {status === 'mapped' && !active ? <span class="badge">{t.off}</span> : null}
      {status === 'lever_user_deactivated' ? <span class="badge bad">{t.deactivated}</span> : null}
      {status === 'lever_user_missing' ? <span class="badge bad">{t.gone}</span> : null}
      <span class="small">{[leverName, accessRole].filter(Boolean).join(' · ')}</span>
    </>
  )
}
