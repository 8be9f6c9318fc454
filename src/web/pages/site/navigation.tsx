import type { PersonCaller } from '../../../accounts/caller.ts'
import { assetUrl } from '../../shell/static-assets.ts'
import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { siteTexts } from './texts-site.ts'

/** The pages that the caller may open: none when signed out; settings and activity for admins only. */
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
      {caller === null ? null : <Who caller={caller} />}
    </header>
  )
}

function Who({ caller: { name, email } }: { caller: PersonCaller }) {
  const { language, organizationName, canSwitch } = usePage()
  const t = siteTexts(language)
  return (
    <Form action="/sign-out" class="who">
      <span class="who-name">
        <a href="/account" title={email}>
          {name}
        </a>
        {organizationName === null ? null : (
          <span class="small">
            {organizationName}{' '}
            {canSwitch ? (
              <a href="/account/organizations" aria-label={t.switchOrganization}>
                {t.switch}
              </a>
            ) : null}
          </span>
        )}
      </span>
      <button type="submit" class="quiet">
        {t.signOut}
      </button>
    </Form>
  )
}

interface Place {
  href: string
  /** Prefix of its pages' paths; `href` by default. */
  under?: string
  name: 'candidates' | 'exports' | 'activity' | 'settings' | 'atsConfiguration' | 'exportRules' | 'people' | 'apiKeys'
  adminOnly: boolean
}

/** The pages of the navigation, in display order. */
const PLACES: readonly Place[] = [
  { href: '/candidates', name: 'candidates', adminOnly: false },
  { href: '/exports', name: 'exports', adminOnly: false },
  { href: '/activity', name: 'activity', adminOnly: true },
  { href: '/settings/ats', under: '/settings', name: 'settings', adminOnly: true },
]

const SETTINGS: readonly Place[] = [
  { href: '/settings/ats', name: 'atsConfiguration', adminOnly: true },
  { href: '/settings/export-rules', name: 'exportRules', adminOnly: true },
  { href: '/settings/people', name: 'people', adminOnly: true },
  { href: '/settings/api-keys', name: 'apiKeys', adminOnly: true },
]

function Places({ isAdmin }: { isAdmin: boolean }) {
  return <PlaceList places={PLACES.filter(({ adminOnly }) => isAdmin || !adminOnly)} />
}

/** Links between the settings pages, for those who may see them. */
export function SettingsNavigation() {
  const { language, caller, path } = usePage()
  if (caller?.role !== 'admin' || !path.startsWith('/settings/')) return null
  return (
    <nav class="tabs" aria-label={siteTexts(language).settings}>
      <PlaceList places={SETTINGS} />
    </nav>
  )
}

function PlaceList({ places }: { places: readonly Place[] }) {
  const { language, path } = usePage()
  const t = siteTexts(language)
  return (
    <ul>
      {places.map(({ href, under = href, name }) => (
        <li key={href}>
          <a href={href} aria-current={path === under || path.startsWith(`${under}/`) ? 'page' : undefined}>
            {t[name]}
          </a>
        </li>
      ))}
    </ul>
  )
}
