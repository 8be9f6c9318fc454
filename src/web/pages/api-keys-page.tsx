import { randomUUID } from 'node:crypto'
import type { ApiKey } from '../../accounts/api-keys.ts'
import { Field } from './field.tsx'
import { Form } from './form.tsx'
import { Layout } from './layout.tsx'
import { ListLinks } from './list-links.tsx'
import { usePage } from './page-context.ts'
import { ShownOnce } from './shown-once.tsx'
import { Cell, Row, RowHead, Table } from './table.tsx'
import { apiKeysTexts } from './texts-api-keys.ts'
import { TimeAgo } from './time-ago.tsx'

export interface ApiKeysPageProps {
  keys: readonly ApiKey[]
  cursor: string | undefined
  nextCursor: string | null
  /** Just made: shown for the only time. */
  made?: { name: string; apiKey: string } | undefined
  /** A name that was refused. */
  refused?: string | undefined
}

const HERE = '/settings/api-keys'

/** The keys of programs: made, named, last used, revoked. */
export function ApiKeysPage({ keys, cursor, nextCursor, made, refused }: ApiKeysPageProps) {
  const t = apiKeysTexts(usePage().language)
  return (
    <Layout
      title={t.title}
      lead={t.lead}
      actions={
        <a href="/api/docs" role="button" class="quiet">
          {t.docs}
        </a>
      }
    >
      {made === undefined ? null : (
        <ShownOnce title={t.madeTitle(made.name)} lead={t.madeLead} label={t.key} value={made.apiKey} copyLabel={t.copy} />
      )}
      <NewKey refused={refused} />
      {keys.length === 0 ? (
        <p class="card empty">{t.none}</p>
      ) : (
        <section class="card">
          <Table heads={[t.name, t.ends, t.made, t.lastUsed, '']} label={t.title}>
            {keys.map((key) => (
              <KeyRow key={key.id} apiKey={key} />
            ))}
          </Table>
        </section>
      )}
      <ListLinks href={HERE} cursor={cursor} nextCursor={nextCursor} first={t.first} more={t.more} />
    </Layout>
  )
}

function NewKey({ refused }: Pick<ApiKeysPageProps, 'refused'>) {
  const t = apiKeysTexts(usePage().language)
  return (
    <Form action={HERE} class="card">
      <h2>{t.makeTitle}</h2>
      <input type="hidden" name="once" value={randomUUID()} />
      <div class="fields">
        <Field id="key-name" label={t.name} why={refused === undefined ? undefined : t.badName} help={t.nameHelp}>
          {(tie) => <input {...tie} type="text" name="name" value={refused} required maxlength={200} autocomplete="off" />}
        </Field>
        <button type="submit">{t.make}</button>
      </div>
    </Form>
  )
}

function KeyRow({ apiKey: { id, name, lastFour, createdAt, lastUsedAt } }: { apiKey: ApiKey }) {
  const t = apiKeysTexts(usePage().language)
  return (
    <Row>
      <RowHead>{name}</RowHead>
      <Cell head={t.ends}>
        <code>{`…${lastFour}`}</code>
      </Cell>
      <Cell head={t.made}>
        <TimeAgo at={createdAt.toISOString()} />
      </Cell>
      <Cell head={t.lastUsed}>{lastUsedAt === null ? t.never : <TimeAgo at={lastUsedAt.toISOString()} />}</Cell>
      <Cell>
        <a href={`${HERE}/${id}/revoke`} aria-label={`${t.revoke}: ${name}`}>
          {t.revoke}
        </a>
      </Cell>
    </Row>
  )
}
