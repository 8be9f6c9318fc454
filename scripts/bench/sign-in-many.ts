import { got } from 'got'
import { createCalls } from '../tour/calls.ts'
import type { Organization } from './connected-organization.ts'

/** This many people of a role take turns, since a person's request rate is limited. */
const PEOPLE = 30

/** @returns cookies of people with that role: `first`, whom the setup has created, and others */
export async function signInMany(url: string, { apiKey }: Organization, role: 'admin' | 'sourcer', first: string): Promise<string[]> {
  const api = createCalls(`${url}/api/v1`, apiKey)
  const others = Array.from({ length: PEOPLE - 1 }, (_, index) => `${role}-${index}@pages.example`)
  for (const email of others) await api.send('PUT', `users/${encodeURIComponent(email)}`, { name: `Person ${email}`, role })
  return Promise.all(
    [first, ...others].map(async (userEmail) => {
      const link = await api.send<{ url: string }>('POST', 'sign-in-links', { userEmail })
      const { headers } = await got(new URL(new URL(link.url).pathname, url), { followRedirect: false })
      return (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ')
    }),
  )
}
