import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Sealer } from '../secrets/sealer.ts'
import { normalizeEmail } from './email-address.ts'
import { PasswordModel, type PasswordDocument } from './password-model.ts'
import { PersonModel, type PersonDocument } from './person-model.ts'

const Sealed = z.tuple([z.string(), z.string()])
const MARK = /^([0-9a-f]{24})\.(.+)$/s

/**
 * Creates a mark for a browser where this person has just signed in, to be kept there as a cookie: `<person's
 * id>.<sealed>`, without `~`. The mark does not prove identity; it only separates the failed sign-ins of this browser
 * from those of others. A new password invalidates it.
 */
export async function createDeviceMark(sealer: Pick<Sealer, 'seal'>, organization: string, personId: string): Promise<string> {
  const password = await PasswordModel.findOne({ organization, person: personId }, { version: 1 }).lean<Pick<PasswordDocument, 'version'>>()
  const sealed: z.output<typeof Sealed> = [password?.version ?? '', randomBytes(12).toString('base64url')]
  return `${personId}.${sealer.seal(JSON.stringify(sealed), placeOf(organization, personId))}`
}

/**
 * Returns the browser's id if one of its marks belongs to an active person with this email (any email if null)
 * whose password has not changed since; otherwise null.
 */
export async function findDevice(sealer: Pick<Sealer, 'open'>, marks: readonly string[], email: string | null): Promise<string | null> {
  const parsed = marks.flatMap((mark) => {
    const [, personId, sealed] = MARK.exec(mark) ?? []
    return personId && sealed ? [{ personId, sealed }] : []
  })
  if (parsed.length === 0) return null
  const ids = parsed.map(({ personId }) => personId)
  const ofEmail = email === null ? {} : { email: normalizeEmail(email) }
  const [people, passwords] = await Promise.all([
    PersonModel.find({ _id: { $in: ids }, active: true, ...ofEmail }).lean<PersonDocument[]>(),
    PasswordModel.find({ person: { $in: ids } }, { person: 1, version: 1 }).lean<Pick<PasswordDocument, 'person' | 'version'>[]>(),
  ])
  for (const { personId, sealed } of parsed) {
    const person = people.find(({ _id }) => _id.equals(personId))
    const opened = person && open(sealer, sealed, placeOf(person.organization.toHexString(), personId))
    const version = passwords.find((one) => one.person.equals(personId))?.version ?? ''
    if (opened && opened[0] === version) return opened[1]
  }
  return null
}

function open(sealer: Pick<Sealer, 'open'>, sealed: string, place: ReturnType<typeof placeOf>): z.output<typeof Sealed> | null {
  try {
    return Sealed.parse(JSON.parse(sealer.open(sealed, place)))
  } catch {
    return null // forged, or sealed with a key that no longer exists
  }
}

function placeOf(organization: string, personId: string) {
  return { organization, record: `device/${personId}`, field: 'mark' }
}
