import type { ConnectionView } from '../../../../connection/connection-view.ts'
import type { LeverUserView } from '../../../../mirror/lever-users.ts'
import type { Notice } from '../../../shell/flash.ts'
import { Form } from '../../kit/form.tsx'
import { Layout } from '../../site/layout.tsx'
import { ListLinks } from '../../kit/list-links.tsx'
import { listAddress } from '../../kit/list-query.ts'
import { MappingRow, type MappingRowProps } from './mapping-row.tsx'
import { usePage } from '../../kit/page-context.ts'
import { PeopleSearch } from '../../people/people-search.tsx'
import { Table } from '../../kit/table.tsx'
import { usersTexts } from './texts-users.ts'
import { wizardTexts } from '../texts-wizard.ts'
import { WizardSteps } from '../wizard-steps.tsx'

export interface AtsUsersPageProps {
  connection: ConnectionView
  rows: readonly MappingRowProps[]
  /** All Lever users, including deactivated ones. */
  leverUsers: readonly LeverUserView[]
  /** The search text; empty for all. */
  q: string
  /** The cursors of this page and the next. */
  cursor: string | undefined
  nextCursor: string | null
  notice?: Notice | null
}

const HERE = '/settings/ats/users'

/** More would make the page slow. Other users can be entered by email address. */
const MOST_SUGGESTED = 1000

/** The wizard's step for people: matches each with a Lever user and suggests likely ones. */
export function AtsUsersPage({ connection, rows, leverUsers, q, cursor, nextCursor, notice = null }: AtsUsersPageProps) {
  const t = usersTexts(usePage().language)
  return (
    <Layout title={t.title} lead={t.lead} notice={notice}>
      <WizardSteps connection={connection} current="users" />
      <Hint connection={connection} isEmpty={leverUsers.length === 0} />
      <PeopleSearch href={HERE} q={q} rows={rows.length} isPaged={cursor !== undefined || nextCursor !== null} />
      {rows.length === 0 ? null : (
        <UsersForm {...{ rows, leverUsers, q, cursor }} canMatch={!connection.missing.includes('authorization')} />
      )}
      <ListLinks href={HERE} q={q} cursor={cursor} nextCursor={nextCursor} first={t.first} more={t.more} />
    </Layout>
  )
}

function Hint({ connection, isEmpty }: { connection: ConnectionView; isEmpty: boolean }) {
  const { language } = usePage()
  const t = usersTexts(language)
  if (connection.missing.includes('authorization')) {
    return (
      <p class="notice warn">
        {t.connectFirst} <a href="/settings/ats">{wizardTexts(language).connect}</a>
      </p>
    )
  }
  return isEmpty && connection.sync.state === 'running' ? <p class="notice">{t.reading}</p> : null
}

function UsersForm({
  rows,
  leverUsers,
  q,
  cursor,
  canMatch,
}: Pick<AtsUsersPageProps, 'rows' | 'leverUsers' | 'q' | 'cursor'> & { canMatch: boolean }) {
  const { language } = usePage()
  const t = usersTexts(language)
  return (
    <Form action={listAddress(HERE, { q, cursor })} class="card">
      {/* the Enter key presses this button, since it comes before any suggestion */}
      <button type="submit" name="do" value="proceed" class="sr-only" tabindex={-1} aria-hidden="true" />
      <div class="actions">
        <button type="submit" name="do" value="match" class="quiet" disabled={!canMatch} aria-describedby="match-lead">
          {t.matchByEmail}
        </button>
        <span id="match-lead" class="small">
          {t.matchLead}
        </span>
      </div>
      <Table heads={[t.person, t.leverEmail, t.inLever, t.active]} label={t.title}>
        {rows.map((row) => (
          <MappingRow key={row.person.id} {...row} />
        ))}
      </Table>
      <datalist id="lever-users">
        {leverUsers
          .filter(({ email, deactivatedAt }) => email !== null && deactivatedAt === null)
          .slice(0, MOST_SUGGESTED)
          .map(({ id, email, name, accessRole }) => (
            <option key={id} value={email ?? ''} label={[name, accessRole].filter(Boolean).join(' · ')} />
          ))}
      </datalist>
      <p class="actions end">
        <button type="submit" name="do" value="proceed">
          {wizardTexts(language).saveAndProceed}
        </button>
      </p>
    </Form>
  )
}
