import { Types } from 'mongoose'
import { z } from 'zod'
import { ServiceError, type FieldFault } from '../errors.ts'
import { updateEach, type StepContext } from '../schema/schema-step.ts'
import { subjectOf, type ConnectionContext } from './connection-context.ts'
import { ConnectionModel, NOTE_LANGUAGES, NOTE_MODES, type ConnectionDocument } from './connection-model.ts'
import { BUILT_FEATURES, sortedFeatures } from './features.ts'
import { getConnection } from './find-connection.ts'
import { GRANTED } from './grant.ts'
import { tryKey } from './try-key.ts'

/** The settings that an admin may change; each one is optional. */
export const ConnectionSettingsPatch = z
  .strictObject({
    sourceName: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has control characters')
      .meta({ description: 'The source of exported candidates in Lever.' }),
    defaultStageId: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .nullable()
      .meta({ description: 'The stage of new opportunities. Null means New lead.' }),
    performAsFallback: z.string().trim().min(3).max(320).nullable().meta({ description: 'Email address of an active Lever user.' }),
    exportUnsuccessful: z.boolean(),
    features: z
      .array(z.enum(BUILT_FEATURES, `must be one of these features: ${BUILT_FEATURES.join(', ')}`))
      .min(1)
      .transform(sortedFeatures)
      .meta({ description: 'The features in use. Turning one off deletes none of its data.' }),
    eraseWhenDeletedInLever: z.boolean(),
    noteMode: z
      .enum(NOTE_MODES)
      .meta({ description: 'Whether a conversation becomes one note for each quiet period, or one note that is updated.' }),
    noteSecret: z.boolean().meta({ description: 'Whether notes of conversations are secret in Lever.' }),
    noteLanguage: z.enum(NOTE_LANGUAGES),
    noteTimeZone: z
      .string()
      .max(100)
      .refine(isTimeZone, 'is not a time zone: enter one like Europe/Madrid')
      .meta({ description: 'Time zone for the message times in notes, as an IANA name.' }),
  })
  .partial()
  .meta({ id: 'ConnectionSettingsPatch' })
export type SettingsPatch = z.output<typeof ConnectionSettingsPatch>

/**
 * Changes all the settings in `patch`, or none. If features change, an API key is tested for the permissions that
 * they need.
 * @throws ServiceError `invalid_request` for a stage or Lever user that is unknown (without a connection, all are) or
 * a deactivated Lever user; LeverCallError when Lever cannot be asked
 */
export async function changeSettings(context: ConnectionContext, organization: string, patch: SettingsPatch, actor: string): Promise<void> {
  if (Object.values(patch).every((value) => value === undefined)) return
  const { sourceName, ...rest } = patch
  const connection = await getConnection(organization)
  const faults = GRANTED.includes(connection.status)
    ? [...(await stageFaults(context, organization, patch)), ...(await userFaults(context, organization, patch))]
    : unknownFaults(patch)
  if (faults.length > 0)
    throw new ServiceError('invalid_request', 'A setting names something that does not exist in Lever.', { errors: faults })

  const fields = Object.entries(rest).filter(([, value]) => value !== undefined)
  await tryKey(connection, { ...connection.settings, ...Object.fromEntries(fields) }, context)
  if (fields.length > 0) {
    const $set = Object.fromEntries(fields.map(([name, value]) => [`settings.${name}`, { $literal: value }]))
    const stages = [{ $set: { ...$set, ...sinceOf(patch) } }]
    await ConnectionModel.updateOne({ organization: new Types.ObjectId(organization) }, stages, { updatePipeline: true })
  }
  if (sourceName !== undefined) await context.accounts.setSourceName(organization, sourceName)
  const changed = Object.entries(patch).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const subject = `${subjectOf(connection)}/${changed.join(',')}`
  await context.audit.append({ organization, actor, action: 'connection.settingsChanged', subject })
  if (patch.features !== undefined || patch.noteMode !== undefined) await goOnWithFeatures(context, connection)
}

/**
 * Resumes work that waited for a feature that is now on or now needs less from Lever. Work that begins later checks the features itself.
 */
async function goOnWithFeatures({ publish, log }: ConnectionContext, { organization, status }: ConnectionDocument): Promise<void> {
  if (!GRANTED.includes(status)) return
  await publish('connectionAuthorized', { organization: String(organization) }).catch((error: unknown) => {
    log.error({ organization: String(organization), err: error }, 'features changed, but the work waiting for them was not resumed')
  })
}

const SINCE = 'settings.eraseWhenDeletedInLeverSince'

/** Switching it on while it is already on keeps the first time. */
function sinceOf({ eraseWhenDeletedInLever: isOn }: SettingsPatch): Record<string, unknown> {
  if (isOn === undefined) return {}
  const isOnAlready = { $eq: ['$settings.eraseWhenDeletedInLever', true] }
  return { [SINCE]: isOn ? { $cond: [isOnAlready, { $ifNull: [`$${SINCE}`, '$$NOW'] }, '$$NOW'] } : '$$REMOVE' }
}

/**
 * If `eraseWhenDeletedInLever` was switched on by a version that did not record when, it counts from now, so that no earlier deletion
 * erases anybody. May be repeated; changes nothing if all settings have a date.
 */
export async function dateErasureSwitch(context: StepContext): Promise<void> {
  const undated = { 'settings.eraseWhenDeletedInLever': true, [SINCE]: null }
  await updateEach(context, ConnectionModel.collection, undated, [{ $set: { [SINCE]: '$$NOW' } }])
}

/** Without a connection, no stage or user of Lever is known. */
function unknownFaults(patch: SettingsPatch): FieldFault[] {
  const named = (['defaultStageId', 'performAsFallback'] as const).filter((path) => patch[path])
  return named.map((path) => ({ path, message: 'cannot be checked until Lever is connected' }))
}

async function stageFaults(
  { neighbours }: ConnectionContext,
  organization: string,
  { defaultStageId }: SettingsPatch,
): Promise<FieldFault[]> {
  if (!defaultStageId || (await neighbours.stageExists(organization, defaultStageId))) return []
  return [{ path: 'defaultStageId', message: 'does not exist in Lever' }]
}

async function userFaults(
  { neighbours }: ConnectionContext,
  organization: string,
  { performAsFallback }: SettingsPatch,
): Promise<FieldFault[]> {
  if (!performAsFallback) return []
  const user = await neighbours.leverUserByEmail(organization, performAsFallback)
  if (user && !user.deactivatedAt) return []
  return [{ path: 'performAsFallback', message: user ? 'this Lever user is deactivated' : 'does not exist in Lever' }]
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
