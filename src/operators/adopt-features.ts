import type { Types } from 'mongoose'
import { ConnectionModel, type ConnectionDocument } from '../connection/connection-model.ts'
import type { Feature } from '../connection/features.ts'
import { lackedBy } from '../connection/lever-access.ts'
import { ConversationModel } from '../conversations/conversation-model.ts'
import { forEachDocument, type StepContext } from '../schema/schema-step.ts'

/**
 * Scopes that features request but that some authorizations older than features lack. No call of the built features
 * needs them.
 */
const UNUSED_SCOPES: readonly string[] = ['applications:read:admin', 'requisitions:read:admin']

/** The setting of older versions: one of four purposes instead of features. */
interface OlderSettings {
  webhookSet?: string
}

type OlderConnection = Pick<ConnectionDocument, '_id' | 'organization'> & {
  auth?: ConnectionDocument['auth']
  settings?: ConnectionDocument['settings'] & OlderSettings
}

/**
 * Gives connections that are older than features the features that they are used for, so that everything continues to
 * work without a new authorization. May be repeated, and changes nothing once all connections have features.
 */
export async function adoptFeatures(context: StepContext): Promise<void> {
  const isOlder = { $or: [{ 'settings.features': { $exists: false } }, { 'settings.webhookSet': { $exists: true } }] }
  const older = ConnectionModel.collection.find<OlderConnection>(isOlder)
  await forEachDocument(context, 'connections', older, giveFeatures)
}

async function giveFeatures(connection: OlderConnection): Promise<void> {
  const features = await featuresInUse(connection)
  const waived = waivedScopes(connection, features)
  await ConnectionModel.collection.updateOne(
    { _id: connection._id, 'settings.features': { $exists: false } },
    { $set: { 'settings.features': features, ...(waived.length > 0 ? { 'auth.waivedScopes': waived } : {}) } },
  )
  await ConnectionModel.collection.updateOne({ _id: connection._id }, { $unset: { 'settings.webhookSet': 1 } })
}

async function featuresInUse({ organization, settings }: OlderConnection): Promise<Feature[]> {
  const hasConversations = settings?.webhookSet === 'communication' || (await areConversationsKept(organization))
  return hasConversations ? ['export', 'conversations'] : ['export']
}

async function areConversationsKept(organization: Types.ObjectId): Promise<boolean> {
  return (await ConversationModel.exists({ organization })) !== null
}

function waivedScopes({ auth, settings }: OlderConnection, features: readonly Feature[]): string[] {
  if (auth?.kind !== 'oauth' || !settings) return []
  const lacked = features.flatMap((feature) => lackedBy(feature, { auth, settings }))
  return UNUSED_SCOPES.filter((scope) => lacked.includes(scope))
}
