import { randomUUID } from 'node:crypto'
import { API_KEY_ACCESS, type ApiKeyAccess } from '../../../accounts/api-key-model.ts'
import type { ApiKey, ApiKeyMaker } from '../../../accounts/api-keys.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Layout } from '../site/layout.tsx'
import { ListLinks } from '../kit/list-links.tsx'
import { usePage } from '../kit/page-context.ts'
import { ShownOnce } from '../kit/shown-once.tsx'
import { Cell, Row, RowHead, Table } from '../kit/table.tsx'
import { apiKeysTexts } from './texts-api-keys.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

export interface ApiKeysPageProps {
  keys: readonly ApiKey[]
  /** Keys that still work although their makers left. */
  ofLeavers: readonly ApiKey[]
  cursor: string | undefined
  nextCursor: string | null
  /** A new key, shown only this once. */
  made?: { name: string; apiKey: string } | undefined
  /** A refused form, with the fields that are wrong. */
  refused?: RefusedKey | undefined
}

export interface RefusedKey {
  name: string
  access: ApiKeyAccess
  lastDay: string
  wrong: readonly ('name' | 'lastDay')[]
}

const HERE = '/settings/api-keys'

/** The API keys of an organization: create, list, revoke. */
export function ApiKeysPage({ keys, ofLeavers, cursor, nextCursor, made, refused }: ApiKeysPageProps) {
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
      {ofLeavers.length === 0 ? null : <KeysOfLeavers keys={ofLeavers} />}
      <NewKey refused={refused} />
      {keys.length === 0 ? (
        <p class="card empty">{t.none}</p>
      ) : (
        <section class="card">
          <KeyTable keys={keys} label={t.title} />
        </section>
      )}
      <ListLinks href={HERE} cursor={cursor} nextCursor={nextCursor} first={t.first} more={t.more} />
    </Layout>
  )
}

/** Asks an admin to decide, since a program may still need such a key. */
function KeysOfLeavers({ keys }: { keys: readonly ApiKey[] }) {
  const t = apiKeysTexts(usePage().language)
  return (
    <section class="card" aria-labelledby="of-leavers">
      <h2 id="of-leavers">{t.leaversTitle}</h2>
      <p>{t.leaversLead}</p>
      <KeyTable keys={keys} label={t.leaversTitle} />
    </section>
  )
}

function NewKey({ refused }: Pick<ApiKeysPageProps, 'refused'>) {
  const t = apiKeysTexts(usePage().language)
  const whyOf = (field: RefusedKey['wrong'][number], why: string) => (refused?.wrong.includes(field) ? why : undefined)
  return (
    <Form action={HERE} class="card">
      <h2>{t.makeTitle}</h2>
      <input type="hidden" name="once" value={randomUUID()} />
      <div class="fields">
        <Field id="key-name" label={t.name} why={whyOf('name', t.badName)} help={t.nameHelp}>
          {(tie) => <input {...tie} type="text" name="name" value={refused?.name} required maxlength={200} autocomplete="off" />}
        </Field>
        <Field id="key-access" label={t.access} help={t.accessHelp}>
          {(tie) => (
            <select {...tie} name="access">
              {API_KEY_ACCESS.map((access) => (
                <option key={access} value={access} selected={refused?.access === access}>
                  {t[access]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field id="key-last-day" label={t.lastDay} why={whyOf('lastDay', t.badLastDay)} help={t.lastDayHelp}>
          {(tie) => <input {...tie} type="date" name="lastDay" value={refused?.lastDay} min={new Date().toISOString().slice(0, 10)} />}
        </Field>
        <button type="submit">{t.make}</button>
      </div>
    </Form>
  )
}

function KeyTable({ keys, label }: { keys: readonly ApiKey[]; label: string }) {
  const t = apiKeysTexts(usePage().language)
  return (
    <Table heads={[t.name, t.ends, t.access, t.made, t.expires, t.lastUsed, '']} label={label}>
      {keys.map((key) => (
        <KeyRow key={key.id} apiKey={key} />
      ))}
    </Table>
  )
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const t = apiKeysTexts(usePage().language)
  const { id, name, lastFour, access, madeBy, createdAt, expiresAt, lastUsedAt } = apiKey
  return (
    <Row>
      <RowHead>{name}</RowHead>
      <Cell head={t.ends}>
        <code>{`…${lastFour}`}</code>
      </Cell>
      <Cell head={t.access}>{t[access]}</Cell>
      <Cell head={t.made}>
        <TimeAgo at={createdAt.toISOString()} />
        {madeBy === null ? null : <Maker maker={madeBy} />}
      </Cell>
      <Cell head={t.expires}>{expiresAt === null ? t.never : <Expiry at={expiresAt} />}</Cell>
      <Cell head={t.lastUsed}>{lastUsedAt === null ? t.never : <TimeAgo at={lastUsedAt.toISOString()} />}</Cell>
      <Cell>
        <a href={`${HERE}/${id}/revoke`} aria-label={`${t.revoke}: ${name}`}>
          {t.revoke}
        </a>
      </Cell>
    </Row>
  )
}

function Maker({ maker: { name, email, left } }: { maker: ApiKeyMaker }) {
  const t = apiKeysTexts(usePage().language)
  return (
    <>
      <br />
      <span class="small" title={email}>
        {t.by(name)}
      </span>
      {left ? <span class="badge warn">{t.left}</span> : null}
    </>
  )
}

function Expiry({ at }: { at: Date }) {
  const t = apiKeysTexts(usePage().language)
  return (
    <>
      {at.getTime() <= Date.now() ? <span class="badge warn">{t.expired}</span> : null} <TimeAgo at={at.toISOString()} />
    </>
  )
}
