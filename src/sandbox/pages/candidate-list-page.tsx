import type { VNode } from 'preact'
import type { Contact, Opportunity, User } from '../account/records.ts'
import type { World } from '../world.ts'
import { Page } from './page.tsx'

const A_PAGE = 50

/** `?stage=`, `?q=` (name or email), `?posting=`, `?archived=true`, `?page=` from 1. */
export function candidateListPage(world: World, user: User, query: URLSearchParams): VNode {
  const number = Math.max(1, Number(query.get('page')) || 1)
  const found = matching(world, query)
  const rows = found.slice((number - 1) * A_PAGE, number * A_PAGE)
  return (
    <Page title="Candidates" user={user} path="/candidates">
      <StageTabs world={world} query={query} />
      <form method="get" class="search" role="search">
        {query.get('stage') && <input type="hidden" name="stage" value={query.get('stage') ?? ''} />}
        <label>
          Search
          <input type="search" name="q" value={query.get('q') ?? ''} placeholder="Name or email" />
        </label>
        <label class="inline">
          <input type="checkbox" name="archived" value="true" checked={query.get('archived') === 'true'} /> Archived
        </label>
        <button>Search</button>
      </form>
      <p>{found.length === 1 ? '1 candidate' : `${found.length} candidates`}</p>
      <ul class="rows candidates">
        {rows.map((opportunity) => (
          <Row key={opportunity.id} world={world} opportunity={opportunity} />
        ))}
      </ul>
      <Pager query={query} number={number} last={Math.max(1, Math.ceil(found.length / A_PAGE))} />
    </Page>
  )
}

function matching(world: World, query: URLSearchParams): Opportunity[] {
  const stage = query.get('stage')
  const posting = query.get('posting')
  const text = (query.get('q') ?? '').trim().toLowerCase()
  const archived = query.get('archived') === 'true'
  return [...world.account.opportunities.inListOrder()].filter((opportunity) => {
    if ((opportunity.archived !== null) !== archived || (stage && opportunity.stage !== stage)) return false
    if (posting && opportunity.application?.posting !== posting) return false
    const contact = world.account.contacts.get(opportunity.contact) as Contact
    return text === '' || [contact.name, ...contact.emails].some((value) => value.toLowerCase().includes(text))
  })
}

function StageTabs({ world, query }: { world: World; query: URLSearchParams }): VNode {
  const { opportunities, stages } = world.account
  return (
    <nav class="tabs" aria-label="Stages">
      <a href="/candidates" aria-current={query.get('stage') ? undefined : 'page'}>
        All <span>{opportunities.size}</span>
      </a>
      {stages.map((stage) => (
        <a key={stage.id} href={`/candidates?stage=${stage.id}`} aria-current={query.get('stage') === stage.id ? 'page' : undefined}>
          {stage.text} <span>{opportunities.countInStage(stage.id)}</span>
        </a>
      ))}
    </nav>
  )
}

function Row({ world, opportunity }: { world: World; opportunity: Opportunity }): VNode {
  const { contacts, postings, stages, users } = world.account
  const contact = contacts.get(opportunity.contact) as Contact
  const posting = opportunity.application && postings.get(opportunity.application.posting)
  const owner = opportunity.owner && users.get(opportunity.owner)
  return (
    <li>
      <a href={`/candidates/${opportunity.id}`}>{contact.name || 'Unnamed candidate'}</a>
      <span>{contact.headline}</span>
      <span class="small">
        {stages.find(({ id }) => id === opportunity.stage)?.text} · {posting ? posting.text : 'General opportunity'} ·{' '}
        {opportunity.sources.join(', ')} · {owner ? owner.name : 'no owner'}
      </span>
    </li>
  )
}

function Pager({ query, number, last }: { query: URLSearchParams; number: number; last: number }): VNode {
  const to = (page: number): string => {
    const next = new URLSearchParams(query)
    next.set('page', String(page))
    return `/candidates?${next}`
  }
  return (
    <nav class="pager" aria-label="Pages">
      {number > 1 && <a href={to(number - 1)}>Previous</a>}
      <span>
        Page {number} of {last}
      </span>
      {number < last && <a href={to(number + 1)}>Next</a>}
    </nav>
  )
}
