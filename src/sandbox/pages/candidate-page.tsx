import type { ComponentChildren, VNode } from 'preact'
import type { Contact, Opportunity, User } from '../account/records.ts'
import type { World } from '../world.ts'
import { InterviewSection } from './interview-pages.tsx'
import { OfferSection } from './offer-pages.tsx'
import { Page } from './page.tsx'
import { Press } from './press.tsx'

export function candidatePage(world: World, user: User, opportunity: Opportunity): VNode {
  const contact = world.account.contacts.get(opportunity.contact) as Contact
  return (
    <Page title={contact.name || 'Unnamed candidate'} user={user} path="/candidates">
      <p>{contact.headline}</p>
      {opportunity.archived && <p class="notice">Archived: {reasonText(world, opportunity.archived.reason)}</p>}
      <div class="beside">
        <Facts world={world} opportunity={opportunity} contact={contact} />
        <Actions world={world} opportunity={opportunity} />
      </div>
      <InterviewSection world={world} opportunity={opportunity} />
      <OfferSection world={world} opportunity={opportunity} />
      <Notes world={world} opportunity={opportunity} />
      <Others world={world} opportunity={opportunity} />
    </Page>
  )
}

function Facts({ world, opportunity, contact }: { world: World; opportunity: Opportunity; contact: Contact }): VNode {
  const { users, postings, stages, files } = world.account
  const userName = (id: string | null): string => (id ? (users.get(id)?.name ?? id) : 'nobody')
  const posting = opportunity.application && postings.get(opportunity.application.posting)
  return (
    <dl class="facts">
      <Fact name="Stage">{stages.find(({ id }) => id === opportunity.stage)?.text}</Fact>
      <Fact name="Posting">{posting ? <a href={`/jobs/${posting.id}`}>{posting.text}</a> : 'General opportunity'}</Fact>
      <Fact name="Source">{opportunity.sources.join(', ') || 'none'}</Fact>
      <Fact name="Origin">{opportunity.origin}</Fact>
      <Fact name="Owner">{userName(opportunity.owner)}</Fact>
      <Fact name="Added by">{userName(opportunity.sourcedBy)}</Fact>
      <Fact name="Email">{contact.emails.join(', ') || 'none'}</Fact>
      <Fact name="Phone">{contact.phones.map(({ value }) => value).join(', ') || 'none'}</Fact>
      <Fact name="Links">{contact.links.join(', ') || 'none'}</Fact>
      <Fact name="Location">{contact.location || 'none'}</Fact>
      <Fact name="Tags">{opportunity.tags.join(', ') || 'none'}</Fact>
      <Fact name="Files">{(files.get(opportunity.id) ?? []).map(({ name, kind }) => `${name} (${kind})`).join(', ') || 'none'}</Fact>
      <Fact name="Created">{new Date(opportunity.createdAt).toISOString()}</Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Actions({ world, opportunity }: { world: World; opportunity: Opportunity }): VNode {
  const { stages, archiveReasons, requisitions } = world.account
  const base = `/candidates/${opportunity.id}`
  return (
    <section class="do" aria-label="Actions">
      <form method="post" action={`${base}/stage`}>
        <label>
          Stage
          <select name="stage">
            {stages.map(({ id, text }) => (
              <option key={id} value={id} selected={id === opportunity.stage}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <button>Move</button>
      </form>
      <form method="post" action={`${base}/archive`}>
        <label>
          Reason
          <select name="reason">
            {archiveReasons
              .filter(({ type, status }) => type !== 'hired' && status === 'active')
              .map(({ id, text }) => (
                <option key={id} value={id}>
                  {text}
                </option>
              ))}
          </select>
        </label>
        <button>Archive</button>
      </form>
      <form method="post" action={`${base}/hire`}>
        <label>
          Requisition
          <select name="requisition">
            <option value="">None</option>
            {[...requisitions.values()]
              .filter(({ status }) => status !== 'closed')
              .map(({ id, requisitionCode, name }) => (
                <option key={id} value={id}>
                  {requisitionCode} {name}
                </option>
              ))}
          </select>
        </label>
        <button>Hire</button>
      </form>
      <div class="actions">
        {opportunity.archived && <Press to={`${base}/unarchive`} text="Unarchive" />}
        <Press to={`${base}/anonymize`} text="Anonymize" />
        <Press to={`${base}/delete`} text="Delete" />
      </div>
    </section>
  )
}

function Notes({ world, opportunity }: { world: World; opportunity: Opportunity }): VNode {
  const notes = world.account.notes.get(opportunity.id) ?? []
  return (
    <section class="card">
      <h2>Notes</h2>
      {notes.length === 0 && <p>None yet.</p>}
      {notes.flatMap((note) =>
        note.entries.map((entry, index) => (
          <article key={`${note.id}-${index}`}>
            <p class="text">{entry.value}</p>
            <small>
              {(entry.user && world.account.users.get(entry.user)?.name) || 'the integration'} · {new Date(entry.createdAt).toISOString()}
              {note.secret ? ' · secret' : ''}
            </small>
          </article>
        )),
      )}
    </section>
  )
}

function Others({ world, opportunity }: { world: World; opportunity: Opportunity }): VNode | null {
  const others = world.account.opportunities.ofContact(opportunity.contact).filter(({ id }) => id !== opportunity.id)
  if (others.length === 0) return null
  return (
    <section class="card">
      <h2>Other opportunities of this person</h2>
      <ul>
        {others.map(({ id, stage, application }) => (
          <li key={id}>
            <a href={`/candidates/${id}`}>
              {(application && world.account.postings.get(application.posting)?.text) ?? 'General opportunity'},{' '}
              {world.account.stages.find((one) => one.id === stage)?.text}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

function reasonText(world: World, id: string): string {
  return world.account.archiveReasons.find((reason) => reason.id === id)?.text ?? id
}
