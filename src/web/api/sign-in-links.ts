import { z } from 'zod'
import type { Accounts } from '../../accounts/accounts.ts'
import { actorOf } from '../../accounts/caller.ts'
import { EmailAddress } from '../../accounts/email-address.ts'
import { LONGEST_SECONDS } from '../../accounts/sign-in-links.ts'
import { SitePath } from '../../accounts/site-path.ts'
import { defineEndpoint, type Endpoint } from './endpoint.ts'

const SignInLinkInput = z
  .strictObject({
    userEmail: EmailAddress,
    path: SitePath.default('/'),
    validForSeconds: z
      .int()
      .min(1)
      .max(LONGEST_SECONDS)
      .default(60)
      .meta({ description: 'At most three days, which suits an invitation.' }),
  })
  .meta({ id: 'SignInLinkInput' })
const SignInLinkView = z.object({
  url: z.string().meta({ description: 'Signs the person in once. See the description of the call.' }),
  expiresAt: z.date(),
})

/** One-time sign-in addresses, for a host program that sends its people here. */
export function signInLinkEndpoints({ accounts }: { accounts: Accounts }): Endpoint[] {
  return [
    defineEndpoint({
      method: 'post',
      path: '/sign-in-links',
      tag: 'People',
      summary: 'Create a single-use link that signs a person in',
      description:
        'Opening the link signs the person in and goes to `path`. A link that lives longer than 10 minutes first shows a page with the names of the organization and the person and a button, since mail scanners open links. So does every link in a browser where someone else is signed in.',
      access: 'admin',
      body: SignInLinkInput,
      answers: { 201: { description: 'The link', schema: SignInLinkView } },
      problems: ['user_not_found'],
      replay: async ({ caller }, { id, secret, status }) => {
        const expiresAt = await accounts.getSignInLinkExpiry(caller.organization, id)
        return { status, body: { url: secret, expiresAt } }
      },
      handle: async ({ caller, body }) => {
        const { id, url, expiresAt } = await accounts.createSignInLink(caller.organization, body, actorOf(caller))
        return { status: 201, body: { url, expiresAt }, result: { id, secret: url } }
      },
    }),
  ]
}
