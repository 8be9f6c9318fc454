import type { CandidateView } from '../../../candidates/candidate-view.ts'
import type { ListOrder, Page } from '../../../paging.ts'
import { CandidateInLever } from './candidate-in-lever.tsx'
import { CandidatesSearch, listAddress, type CandidatesQuery } from './candidates-search.tsx'
import { ExportDialog, ExportToAtsForm, SELECTION_FORM, WHY_NOT } from '../export-dialog/export-to-ats.tsx'
import type { ExportBlocker } from '../export-dialog/export-blocker.ts'
import { ExportStatus } from '../exports/export-status.tsx'
import { Layout } from '../site/layout.tsx'
import { BY_NAME, BY_TIME, sortHead } from '../kit/list-order.ts'
import { usePage } from '../kit/page-context.ts'
import { Cell, Row, RowHead, Table } from '../kit/table.tsx'
import { candidatesTexts } from './texts-candidates.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

export interface CandidatesPageProps {
  candidates: Page<CandidateView>
  query: CandidatesQuery
  /** Why this person cannot export anything; null if they can. */
  blocker: ExportBlocker | null
  /** Without scripts: ids selected so far, including those on other pages. */
  chosen: ReadonlySet<string>
}

/** The candidates, newest first by default: search, select, export, and see their status in Lever. */
export function CandidatesPage({ candidates, query, blocker, chosen }: CandidatesPageProps) {
  const t = candidatesTexts(usePage().language)
  const isEmpty = candidates.data.length === 0
  const isSearching = query.q !== '' || query.project !== undefined || query.exported !== undefined
  return (
    <Layout
      title={t.title}
      lead={t.lead}
      actions={
        <a href="/candidates/import" role="button" class="quiet">
          {t.importCsv}
        </a>
      }
      scripts={['export-dialog.js', 'export-job.js', 'candidates-selection.js']}
    >
      {isEmpty && !isSearching ? null : <CandidatesSearch query={query} />}
      {isEmpty ? (
        <NobodyHere query={query} isSearching={isSearching} />
      ) : (
        <List candidates={candidates} query={query} blocker={blocker} chosen={chosen} />
      )}
      <Pages nextCursor={candidates.nextCursor} query={query} canSelect={blocker === null && !isEmpty} />
      <ExportDialog />
    </Layout>
  )
}

function Pages({ nextCursor, query, canSelect }: { nextCursor: string | null; query: CandidatesQuery; canSelect: boolean }) {
  const t = candidatesTexts(usePage().language)
  if (nextCursor === null && query.cursor === undefined) return null
  const words = t.pages[query.sort]
  const ways = [
    ...(query.cursor === undefined ? [] : [{ cursor: undefined, text: words.first }]),
    ...(nextCursor === null ? [] : [{ cursor: nextCursor, text: words.more }]),
  ]
  return (
    <nav class="pages" aria-label={words.caption}>
      {ways.map(({ cursor, text }) => (
        <a key={text} href={listAddress({ ...query, cursor })} class={canSelect ? 'with-scripts' : undefined}>
          {text}
        </a>
      ))}
      {canSelect ? <CarryingButtons ways={ways} /> : null}
    </nav>
  )
}

/** Without scripts: the same links as buttons that keep the selection. */
function CarryingButtons({ ways }: { ways: readonly { cursor: string | undefined; text: string }[] }) {
  return (
    <noscript>
      {ways.map(({ cursor, text }) => (
        <button
          key={text}
          type="submit"
          form={SELECTION_FORM}
          formaction="/candidates/selection"
          name="cursor"
          value={cursor ?? ''}
          class="link"
        >
          {text}
        </button>
      ))}
    </noscript>
  )
}

function NobodyHere({ query, isSearching }: { query: CandidatesQuery; isSearching: boolean }) {
  const t = candidatesTexts(usePage().language)
  if (isSearching) {
    return (
      <section class="card empty">
        <p>{query.q === '' ? t.nothingFound : t.nobodyFoundFor(query.q)}</p>
        <a href={listAddress({ q: '', sort: query.sort })} role="button" class="quiet">
          {t.showAll}
        </a>
      </section>
    )
  }
  return (
    <section class="card empty">
      <p>{t.howToBegin}</p>
      <p>
        <a href="/candidates/import" role="button">
          {t.importCsv}
        </a>
      </p>
      <a href="/api/docs">{t.apiDocs}</a>
    </section>
  )
}

function List({ candidates: { data, nextCursor }, query, blocker, chosen }: CandidatesPageProps) {
  const t = candidatesTexts(usePage().language)
  const address = (sort: ListOrder) => listAddress({ ...query, sort, cursor: undefined })
  const here = new Set(data.map(({ id }) => id))
  const elsewhere = [...chosen].filter((id) => !here.has(id))
  const hasMore = nextCursor !== null || query.cursor !== undefined || elsewhere.length > 0
  return (
    <section class="card" id="candidates" data-refresh>
      <ExportToAtsForm blocker={blocker} selection={{ query, hasMore, elsewhere }}>
        <Table
          heads={[
            '',
            sortHead(t.name, BY_NAME, query.sort, address),
            t.contact,
            t.project,
            t.exported,
            t.inLever,
            sortHead(t.added, BY_TIME, query.sort, address),
            '',
          ]}
          label={t.pages[query.sort].caption}
        >
          {data.map((candidate) => (
            <CandidateRow
              key={candidate.id}
              candidate={candidate}
              sort={query.sort}
              isBlocked={blocker !== null}
              isChosen={chosen.has(candidate.id)}
            />
          ))}
        </Table>
      </ExportToAtsForm>
    </section>
  )
}

interface CandidateRowProps {
  candidate: CandidateView
  sort: ListOrder
  isBlocked: boolean
  isChosen: boolean
}

function CandidateRow({ candidate, sort, isBlocked, isChosen }: CandidateRowProps) {
  const { id, name, headline, emails, links, project, stage } = candidate
  const t = candidatesTexts(usePage().language)
  return (
    <Row>
      <Cell>
        <input type="checkbox" name="id" value={id} aria-label={t.select(name)} checked={isChosen} disabled={isBlocked} />
      </Cell>
      <RowHead id={`name-${id}`}>
        <a href={`/candidates/${id}`}>{name}</a>
        {headline ? <div class="small">{headline}</div> : null}
      </RowHead>
      <Cell head={t.contact}>
        {[...emails, ...(emails.length === 0 ? links.slice(0, 1) : [])].map((address) => (
          <div key={address}>{address}</div>
        ))}
      </Cell>
      <Cell head={t.project}>
        {project ? <a href={listAddress({ q: '', project, sort })}>{project}</a> : t.nothing}
        {stage ? <div class="small">{stage}</div> : null}
      </Cell>
      <Cell head={t.exported}>{candidate.export ? <ExportStatus status={candidate.export.status} /> : t.nothing}</Cell>
      <Cell head={t.inLever}>
        <CandidateInLever name={name} lever={candidate.lever} />
      </Cell>
      <Cell head={t.added}>
        <TimeAgo at={candidate.createdAt} />
      </Cell>
      <Cell>
        <button
          type="submit"
          name="one"
          value={id}
          id={`export-${id}`}
          class="quiet"
          disabled={isBlocked}
          aria-describedby={isBlocked ? `name-${id} ${WHY_NOT}` : `name-${id}`}
        >
          {t.exportToAts}
        </button>
      </Cell>
    </Row>
  )
}
