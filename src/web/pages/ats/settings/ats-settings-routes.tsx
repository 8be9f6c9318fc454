import { z } from 'zod'
import { actorOf } from '../../../../accounts/caller.ts'
import type { Connections } from '../../../../connection/connections.ts'
import { NOTE_LANGUAGES, NOTE_MODES } from '../../../../connection/connection-model.ts'
import { ConnectionView } from '../../../../connection/connection-view.ts'
import { BUILT_FEATURES } from '../../../../connection/features.ts'
import { ConnectionSettingsPatch, type SettingsPatch } from '../../../../connection/settings.ts'
import { isServiceError } from '../../../../errors.ts'
import type { Mirror } from '../../../../mirror/mirror.ts'
import { keepNotice, type Notice } from '../../../shell/flash.ts'
import { parseForm } from '../../../shell/page-session.ts'
import { personOf } from '../../../shell/require-person.ts'
import { seeOther } from '../../../shell/see-other.ts'
import type { SiteContext } from '../../../shell/site-state.ts'
import { AtsSettingsPage, type Settings } from './ats-settings-page.tsx'
import { jsonOf } from '../../kit/json-of.ts'
import { page, type PageRoute } from '../../../shell/page-route.ts'
import { problemWords } from '../../kit/problem-words.ts'
import { renderPage } from '../../kit/render-page.tsx'
import { atsSettingsTexts } from './texts-settings.ts'

export interface AtsSettingsDeps {
  connections: Pick<Connections, 'describe' | 'changeSettings'>
  mirror: Pick<Mirror, 'listStages' | 'allUsers'>
}

const HERE = '/settings/ats/settings'
const MOST_STAGES = 100

const isOn = z.literal('on').optional().transform((value) => value !== undefined) // prettier-ignore
const orNull = z.string().trim().max(320).transform((value) => value || null) // prettier-ignore
/** If only one box is checked, the form sends no list. */
const checked = z.array(z.enum(BUILT_FEATURES)).or(z.enum(BUILT_FEATURES).transform((one) => [one])).default([]) // prettier-ignore
const SettingsForm = z.object({
  sourceName: z.string().trim().max(1000),
  defaultStageId: orNull,
  performAsFallback: orNull,
  features: checked,
  eraseWhenDeletedInLever: isOn,
  noteMode: z.enum(NOTE_MODES),
  noteSecret: isOn,
  noteLanguage: z.enum(NOTE_LANGUAGES),
  noteTimeZone: z.string().trim().max(1000),
  /** The settings when the page was rendered, so that changes by others are not overwritten. */
  was: z.string().transform(jsonOf).pipe(ConnectionView.shape.settings),
})

/** The settings that an admin makes for the connection. */
export function atsSettingsRoutes(deps: AtsSettingsDeps): PageRoute[] {
  return [page.get(HERE, { access: 'admin' }, (ctx) => show(ctx, deps)), page.post(HERE, { access: 'admin' }, (ctx) => save(ctx, deps))]
}

/** An unsaved form: what it would change, which fields are wrong, and why. */
interface Held {
  typed: Partial<Settings>
  wrong: readonly string[]
  notice: Notice
}

async function show(ctx: SiteContext, { connections, mirror }: AtsSettingsDeps, held?: Held): Promise<void> {
  const { organization } = personOf(ctx)
  const [{ settings }, stages, leverUsers] = await Promise.all([
    connections.describe(organization),
    mirror.listStages(organization, { limit: MOST_STAGES }),
    mirror.allUsers(organization),
  ])
  const shown = {
    settings,
    typed: held?.typed ?? {},
    wrong: held?.wrong ?? [],
    stages: stages.data,
    leverUsers,
    notice: held?.notice ?? null,
  }
  renderPage(ctx, <AtsSettingsPage {...shown} />, { status: held ? 422 : 200 })
}

async function save(ctx: SiteContext, deps: AtsSettingsDeps): Promise<void> {
  const person = personOf(ctx)
  const t = atsSettingsTexts(ctx.state.language)
  const { was, ...wanted } = parseForm(ctx, SettingsForm)
  const { settings: now } = await deps.connections.describe(person.organization)
  const typed = changed(was, wanted)
  const refuse = (text: string, wrong: readonly string[] = []) => show(ctx, deps, { typed, wrong, notice: { look: 'bad', text } })
  if (Object.keys(changed(was, now)).some((name) => name in typed)) return refuse(t.changedMeanwhile)

  const patch = ConnectionSettingsPatch.safeParse(typed)
  if (!patch.success) return refuse(t.someWrong, patch.error.issues.map(({ path }) => String(path[0]))) // prettier-ignore
  try {
    await deps.connections.changeSettings(person.organization, patch.data, actorOf(person))
  } catch (error) {
    if (!isServiceError(error)) throw error
    const wrong = error.errors?.map(({ path }) => path) ?? []
    return refuse(wrong.length > 0 ? t.someWrong : problemWords(ctx.state.language, error), wrong)
  }
  keepNotice(ctx, { look: 'ok', text: doneWords(t, patch.data, await deps.connections.describe(person.organization)) })
  return seeOther(ctx, HERE)
}

/** Returns the settings that differ from before; settings that are not in the form stay unchanged. */
function changed(was: Settings, wanted: Partial<Settings>): Partial<Settings> {
  const names = Object.keys(wanted) as (keyof Settings)[]
  const isOther = (name: keyof Settings) => JSON.stringify(was[name]) !== JSON.stringify(wanted[name])
  return Object.fromEntries(names.filter(isOther).map((name) => [name, wanted[name]]))
}

function doneWords(t: ReturnType<typeof atsSettingsTexts>, patch: SettingsPatch, { status, authorizationNeeded }: ConnectionView): string {
  if (Object.keys(patch).length === 0) return t.nothing
  if (patch.features === undefined || status === 'disconnected') return t.saved
  return [t.saved, authorizationNeeded ? t.authorizationNeeded : t.authorizationSuffices, t.lookAtWebhooks].join(' ')
}
