import { linkedInProfile } from './linkedin-profile.ts'

interface ProfileSite {
  /** Without `www.`; a pattern if each country or language has its own host. */
  hosts: readonly (string | RegExp)[]
  /** Returns the canonical form of the person's page, `site/name`, or null if the page does not belong to one person. */
  read: (segments: readonly string[], query: URLSearchParams, host: string) => string | null
}

/** First path segments of the site's own pages. */
const GITHUB_OWN = new Set(
  'about account actions advisories apps blog business careers codespaces collections contact copilot customer-stories dashboard discussions edu education enterprise events explore features feed gist gists home hosting issues join jobs login logout marketplace mobile models new nonprofit notifications open-source organizations orgs password_reset personal plans premium-support pricing projects pulls readme repositories resources search security sessions settings shop signup site solutions sponsors stars status support team teams terms topics trending users watching wiki'.split(' '),
) // prettier-ignore
const GITLAB_OWN = new Set(
  '- abuse_reports admin api assets autocomplete dashboard explore groups health_check help import invites jwt login notes oauth profile projects public search sent_notifications sitemap snippets unsubscribes uploads users v2'.split(' '),
) // prettier-ignore
const X_OWN = new Set(
  'about account activity bookmarks communities compose download explore following followers hashtag help home i intent jobs lists login logout messages mentions moments notifications personalization privacy search settings share signup status tos trends who_to_follow widgets'.split(' '),
) // prettier-ignore
const DRIBBBLE_OWN = new Set(
  'about account api brand careers colors contact designers for-designers freelance-jobs goods hiring jobs learn legal likes marketplace meetups messages playbooks popular privacy pro projects resources search services session sessions shots signup stories tags teams terms tour users welcome'.split(' '),
) // prettier-ignore
const BEHANCE_OWN = new Set(
  'about adobe apply assets blog careers collection collections creators dashboard feed foryou galleries gallery hire inbox job joblist jobs live login moodboard notifications onboarding portfolio privacy pro project reviews schools search send settings signup teams terms videos'.split(' '),
) // prettier-ignore
const KAGGLE_OWN = new Set(
  'about account benchmarks blog c code community-guidelines competitions contact cookies datasets discussion discussions docs forums game-arena general getting-started home host jobs kernels kaggle learn learn-guide models organizations privacy product-feedback questions-and-answers rankings search settings static team terms work'.split(' '),
) // prettier-ignore

/**
 * Tabs of a person's page on GitLab, Kaggle, and Medium; any other segment after the name is a project, notebook, or
 * article.
 */
const TABS = new Set('about activity badges code competitions contributed datasets discussion discussions followers following groups models notebooks projects snippets starred'.split(' ')) // prettier-ignore

const byName =
  (site: string, name: RegExp, own: ReadonlySet<string>, isTab: (segment: string) => boolean = () => true) =>
  ([first = '', second]: readonly string[]): string | null => {
    const folded = first.toLowerCase()
    if (!name.test(first) || own.has(folded) || (second !== undefined && !isTab(second))) return null
    return `${site}/${folded}`
  }

const behind =
  (site: string, kind: string, name: RegExp, fold: boolean) =>
  ([first = '', page = '']: readonly string[]): string | null =>
    first.toLowerCase() === kind && name.test(page) ? `${site}/${fold ? page.toLowerCase() : page}` : null

const NOTHING_OWN: ReadonlySet<string> = new Set()

/**
 * Sites where a page clearly belongs to one person, and how to read its address. Facebook, Instagram, and YouTube are
 * left out because their pages belong to companies just as often; so are short links. Case is ignored if the site
 * ignores it.
 */
export const PROFILE_SITES: readonly ProfileSite[] = [
  { hosts: [/^(?:[a-z\d-]{1,20}\.)?linkedin\.com$/, 'linkedin.cn'], read: linkedInProfile },
  {
    hosts: ['github.com', 'gist.github.com'], // a repository may belong to several people
    read: byName('github.com', /^[a-z\d][a-z\d_-]{0,38}$/i, GITHUB_OWN, () => false),
  },
  { hosts: ['gitlab.com'], read: byName('gitlab.com', /^[a-z\d_][\w.-]{0,254}$/i, GITLAB_OWN, (tab) => TABS.has(tab)) },
  {
    hosts: ['x.com', 'twitter.com', 'mobile.twitter.com', 'm.twitter.com', 'mobile.x.com'],
    read: ([first = '', ...rest]) => byName('x.com', /^\w{1,15}$/, X_OWN)([first.replace(/^@/, ''), ...rest]),
  },
  {
    hosts: ['stackoverflow.com', /^(?:es|ja|pt|ru)\.stackoverflow\.com$/], // each edition has its own ids
    read: (segments, _query, host) => behind(`${host}/users`, 'users', /^[1-9]\d{0,9}$/, false)(segments),
  },
  { hosts: ['xing.com'], read: behind('xing.com/profile', 'profile', /^[\p{L}\p{N}_.-]+$/u, true) },
  { hosts: ['dribbble.com'], read: byName('dribbble.com', /^[\w-]{2,40}$/, DRIBBBLE_OWN) },
  { hosts: ['behance.net'], read: byName('behance.net', /^[\w.-]{2,60}$/, BEHANCE_OWN) },
  { hosts: ['kaggle.com'], read: byName('kaggle.com', /^[a-z\d]{2,60}$/i, KAGGLE_OWN, (tab) => TABS.has(tab)) },
  { hosts: ['medium.com'], read: byName('medium.com', /^@[\w.-]+$/, NOTHING_OWN, (tab) => TABS.has(tab)) },
  { hosts: ['bsky.app'], read: behind('bsky.app/profile', 'profile', /^(?:did:plc:[a-z\d]+|[\w-]+(?:\.[\w-]+)+)$/i, true) },
  { hosts: ['wellfound.com', 'angel.co'], read: behind('wellfound.com/u', 'u', /^[\w-]+$/, true) },
  { hosts: ['orcid.org'], read: ([id = '']) => (/^(?:\d{4}-){3}\d{3}[\dx]$/i.test(id) ? `orcid.org/${id.toUpperCase()}` : null) },
  {
    hosts: [/^scholar\.google\.[a-z]{2,3}(?:\.[a-z]{2})?$/],
    read: ([first], query) => {
      const id = query.get('user') ?? ''
      return first === 'citations' && /^[\w-]{12}$/.test(id) ? `scholar.google.com/${id}` : null
    },
  },
]
