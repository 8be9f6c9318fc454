import mongoose, { Types } from 'mongoose'
import { createOpaqueToken, hashToken } from '../secrets/opaque-token.ts'
import type { AccountsDeps } from './accounts-deps.ts'
import { FIRST_ADMIN, FirstAdminModel } from './first-admin-model.ts'
import { newOrganization } from './organizations.ts'
import { OrganizationModel } from './organization-model.ts'
import { hashPassword } from './password-hash.ts'
import { PasswordModel } from './password-model.ts'
import { PersonModel } from './person-model.ts'

/**
 * The first organization and its first admin. `email` is in its compared form; `password` has passed
 * `faultOfPassword`.
 */
export interface SetUp {
  organizationName: string
  sourceName: string
  name: string
  email: string
  password: string
}

const VALID_MS = 24 * 3_600_000
const KEPT_LINKS = 20

/**
 * Returns a single-use address for creating the first organization and its admin. It is valid for a day. Returns null
 * once any person exists.
 */
export async function createSetUpLink({ publicUrl }: Pick<AccountsDeps, 'publicUrl'>): Promise<string | null> {
  if (await PersonModel.exists({})) return null
  const token = createOpaqueToken('fsu')
  const link = { tokenHash: hashToken(token), expiresAt: { $add: ['$$NOW', VALID_MS] } }
  const links = { $slice: [{ $concatArrays: [{ $ifNull: ['$links', []] }, [link]] }, -KEPT_LINKS] }
  await FirstAdminModel.updateOne({ _id: FIRST_ADMIN }, [{ $set: { links } }], { upsert: true, updatePipeline: true })
  return `${publicUrl}/set-up/${token}`
}

/** True while the link may be used: it is known and not expired, and no person exists yet. */
export async function isSetUpOpen(token: string): Promise<boolean> {
  return (await FirstAdminModel.exists(openBy(token))) !== null && (await PersonModel.exists({})) === null
}

/**
 * Creates the first organization and its admin in one transaction, and uses up every set-up link. Returns null if the
 * link is not open. Ids are hex strings.
 */
export async function setUpFirstAdmin(
  deps: AccountsDeps,
  token: string,
  input: SetUp,
): Promise<{ organization: string; personId: string } | null> {
  const hash = await hashPassword(input.password)
  const { fields: made, secret } = newOrganization(deps, { name: input.organizationName, sourceName: input.sourceName })
  const [organization, person] = [made._id, new Types.ObjectId()]
  const isMade = await mongoose.connection.withSession((session) =>
    session.withTransaction(async () => {
      const isOpen = await FirstAdminModel.findOneAndDelete(openBy(token)).session(session)
      if (!isOpen || (await PersonModel.exists({}).session(session))) return false
      await OrganizationModel.create([made], { session })
      await PersonModel.create([{ _id: person, organization, email: input.email, name: input.name, role: 'admin' }], { session })
      await PasswordModel.create([{ organization, person, hash }], { session })
      await deps.audit.begin(organization.toHexString(), secret, session)
      return true
    }),
  )
  if (!isMade) return null
  const [id, personId] = [organization.toHexString(), person.toHexString()]
  const actor = `user:${personId}`
  for (const { action, subject } of [
    { action: 'organization.created', subject: `organization:${id}` },
    { action: 'user.created', subject: actor },
    { action: 'user.passwordSet', subject: actor },
  ]) await deps.audit.append({ organization: id, actor, action, subject }) // prettier-ignore
  return { organization: id, personId }
}

function openBy(token: string) {
  const isIt = { $and: [{ $eq: ['$$this.tokenHash', hashToken(token)] }, { $gt: ['$$this.expiresAt', '$$NOW'] }] }
  return { _id: FIRST_ADMIN, $expr: { $anyElementTrue: [{ $map: { input: { $ifNull: ['$links', []] }, in: isIt } }] } }
}

/** Invalidates all set-up links. */
export async function dropSetUpLinks(): Promise<void> {
  await FirstAdminModel.deleteMany({})
}
