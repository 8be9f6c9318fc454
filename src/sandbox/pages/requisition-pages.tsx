/** *Jobs > Requisitions*: all openings, a single one with its actions, and who may write them. */
import type { Router } from '@koa/router'
import type { VNode } from 'preact'
import { z } from 'zod'
import { RequisitionMode } from '../account/hiring-records.ts'
import type { Requisition, User } from '../account/records.ts'
import { addRequisition, deleteRequisition, setStatus } from '../actions/change-requisition.ts'
import type { SandboxState } from '../sandbox-state.ts'
import type { World } from '../world.ts'
import { messagePage } from './message-page.tsx'
import { Page, sendPage } from './page.tsx'
import { Press } from './press.tsx'
import type { Sessions } from './sessions.ts'
import { field, goTo, pagesFor, type PageCall } from './signed-in.ts'

const HERE = '/requisitions'
const SETTINGS = '/settings/requisitions'
const STATUSES = ['draft', 'open', 'onHold', 'closed'] as const
const NewRequisition = z.object({
  requisitionCode: z.string().trim().min(1),
  name: z.string().trim().min(1),
  headcountTotal: z.union([z.literal('unlimited'), z.coerce.number().int().min(0)]),
})
const MODES: Record<RequisitionMode, string> = { hybrid: 'Hybrid: Lever and the API', api: 'Lever API only', lever: 'Lever only' }

export function requisitionPages(world: World, router: Router<SandboxState>, sessions: Sessions): void {
  const page = pagesFor(router, sessions, 'everybody')
  page('GET', HERE, (call) => sendPage(call.ctx, listPage(world, call.user)))
  page('POST', HERE, (call) => whileWritable(world, call, () => add(world, call)))
  page('GET', `${HERE}/:id`, (call) => withRequisition(world, call, (one) => sendPage(call.ctx, onePage(world, call.user, one))))
  page('POST', `${HERE}/:id/status`, (call) =>
    whileWritable(world, call, () =>
      withRequisition(world, call, (requisition) => {
        setStatus(world, requisition, z.enum(STATUSES).parse(field(call, 'status')))
        goTo(call, `${HERE}/${requisition.id}`)
      }),
    ),
  )
  page('POST', `${HERE}/:id/delete`, (call) =>
    whileWritable(world, call, () =>
      withRequisition(world, call, (requisition) => {
        deleteRequisition(world, requisition)
        goTo(call, HERE)
      }),
    ),
  )
  const settings = pagesFor(router, sessions, 'super admins')
  settings('GET', SETTINGS, (call) => sendPage(call.ctx, settingsPage(world, call.user)))
  settings('POST', SETTINGS, (call) => {
    world.account.requisitionMode = RequisitionMode.parse(field(call, 'mode'))
    world.changed()
    goTo(call, SETTINGS)
  })
}

function whileWritable(world: World, call: PageCall, change: () => void): void {
  if (world.account.requisitionMode !== 'api') return change()
  return sendPage(call.ctx, messagePage('Only through the API', 'The requisition settings let only the API write requisitions.'), 403)
}

function withRequisition(world: World, call: PageCall, show: (requisition: Requisition) => void): void {
  const requisition = world.account.requisitions.get(call.params['id'] ?? '')
  if (requisition) show(requisition)
  else sendPage(call.ctx, messagePage('No such requisition', 'There is no requisition at this address.'), 404)
}

function add(world: World, call: PageCall): void {
  const fields = NewRequisition.parse(call.form)
  if ([...world.account.requisitions.values()].some(({ requisitionCode }) => requisitionCode === fields.requisitionCode))
    return sendPage(call.ctx, messagePage('The code is already in use', `Another requisition has the code ${fields.requisitionCode}.`), 422)
  const { id } = addRequisition(world, { ...fields, status: 'open' }, [], call.user)
  return goTo(call, `${HERE}/${id}`)
}

function heads({ headcountHired, headcountTotal }: Requisition): string {
  return `${headcountHired} of ${headcountTotal} hired`
}

function listPage(world: World, user: User): VNode {
  return (
    <Page title="Requisitions" user={user} path={HERE}>
      <ul class="rows">
        {[...world.account.requisitions.values()].map((requisition) => (
          <li key={requisition.id}>
            <a href={`${HERE}/${requisition.id}`}>
              {requisition.requisitionCode} {requisition.name}
            </a>
            <span class="small">
              {requisition.status} · {heads(requisition)}
            </span>
          </li>
        ))}
      </ul>
      <h2>New requisition</h2>
      <form method="post" action={HERE} class="add">
        <label>
          Code
          <input name="requisitionCode" required />
        </label>
        <label>
          Name
          <input name="name" required />
        </label>
        <label>
          Headcount
          <input name="headcountTotal" value="1" pattern="unlimited|[0-9]+" title="0 or more, or “unlimited”" required />
        </label>
        <button>Create</button>
      </form>
    </Page>
  )
}

function onePage(world: World, user: User, requisition: Requisition): VNode {
  const base = `${HERE}/${requisition.id}`
  const manager = world.account.users.get(requisition.hiringManager ?? '')
  return (
    <Page title={`${requisition.requisitionCode} ${requisition.name}`} user={user} path={HERE}>
      <p>
        {requisition.status} · {heads(requisition)} · hiring manager: {manager?.name ?? 'nobody'}
      </p>
      <p>
        Postings:{' '}
        {requisition.postings.map((id) => (
          <a key={id} href={`/jobs/${id}`}>
            {world.account.postings.get(id)?.text}{' '}
          </a>
        ))}
      </p>
      <section class="do" aria-label="Actions">
        <form method="post" action={`${base}/status`}>
          <label>
            Status
            <select name="status">
              {STATUSES.map((status) => (
                <option key={status} selected={status === requisition.status}>
                  {status}
                </option>
              ))}
            </select>
          </label>
          <button>Change</button>
        </form>
        <div class="actions">
          <Press to={`${base}/delete`} text="Delete" />
        </div>
      </section>
    </Page>
  )
}

function settingsPage(world: World, user: User): VNode {
  return (
    <Page title="Requisition settings" user={user} path={SETTINGS}>
      <form method="post" action={SETTINGS}>
        {RequisitionMode.options.map((mode) => (
          <label key={mode} class="inline">
            <input type="radio" name="mode" value={mode} checked={mode === world.account.requisitionMode} /> {MODES[mode]}
          </label>
        ))}
        <button>Save</button>
      </form>
    </Page>
  )
}
