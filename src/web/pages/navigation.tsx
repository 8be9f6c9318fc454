import { assetUrl } from '../middleware/static-assets.ts'
import { Form } from './form.tsx'
import { usePage } from './page-context.ts'
import { siteTexts } from './texts-site.ts'

/** Where the caller may go: nothing signed out; settings and activity for admins only. */
export function Navigation() {
  const { language, caller } = usePage()
  const t = siteTexts(language)
  return (
    <header class="site-head">
      <nav aria-label={t.navigation}>
        <a class="brand" href="/">
          <img src={assetUrl('fulcrum.svg')} alt="" width="24" height="24" /> Fulcrum
        </a>
        {caller === null ? null : <Places isAdmin={caller.role === 'admin'} />}
      </nav>
      {caller === null ? null : (
        <Form action="/sign-out" class="who">
          <span title={caller.email}>{caller.name}</span>
          <button type="submit" class="quiet">
            {t.signOut}
          </button>
        </Form>
      )}
    </header>
  )
}

/** The pages of the navigation, as they come to stand. */
const PLACES = [
  { href: '/candidates', name: 'candidates', adminOnly: false },
  { href: '/settings/ats', name: 'settings', adminOnly: true },
] as const

function Places({ isAdmin }: { isAdmin: boolean }) {
  const { language, here } = usePage()
  const t = siteTexts(language)
  return (
    <ul>
      {PLACES.filter((place) => isAdmin || !place.adminOnly).map((place) => (
        <li key={place.href}>
          <a href={place.href} aria-current={here.startsWith(place.href) ? 'page' : undefined}>
            {t[place.name]}
          </a>
        </li>
      ))}
    </ul>
  )
}
