import { expect } from 'chai'
import { linkForm, profileKey, siteOf } from '../../src/people/profile-key.ts'

/** One person a line: every link leads to the same page. */
const SAME: Record<string, string[]> = {
  'linkedin.com/in/ana-lópez': [
    'https://www.linkedin.com/in/Ana-L%C3%B3pez/?utm_source=share&trk=x#about',
    'http://es.linkedin.com/in/ana-lópez',
    'https://m.linkedin.com/in/ana-lo\u0301pez',
    'linkedin.com/in/ana-lópez',
    'www.linkedin.com/in/ana-lópez/',
    'https://www.linkedin.com/in/ana-lópez/en',
    'https://www.linkedin.com/in/ana-lópez/es/',
    'https://www.linkedin.com/in/ana-lópez/details/experience/',
    'https://www.linkedin.com/in/ana-lópez/overlay/contact-info/',
    'https://www.linkedin.com//in/ana-lópez',
    'https://www.linkedin.com/mwlite/in/ana-lópez',
    'https://www.linkedin.com/comm/in/ana-lópez?midToken=AQE',
    'https://www.linkedin.com/in/ana-ló\u200Bpez',
    'https://WWW.LINKEDIN.COM./IN/ANA-LÓPEZ',
    'http://www.linkedin.com:443/in/ana-lópez',
    'https://www.linkedin.com:80/in/ana-lópez',
  ],
  'linkedin.com/sales/ACwAAAbCdEf12': [
    'https://www.linkedin.com/sales/lead/ACwAAAbCdEf12,NAME_SEARCH,Ab12',
    'https://www.linkedin.com/sales/lead/ACwAAAbCdEf12%2Cname%2CZz99?_ntb=abc',
    'https://www.linkedin.com/sales/people/ACwAAAbCdEf12,NAME_SEARCH',
    'https://www.linkedin.com/in/ACwAAAbCdEf12',
  ],
  'linkedin.com/talent/AEMAAAbCdEf12': [
    'https://www.linkedin.com/talent/profile/AEMAAAbCdEf12?project=1',
    'https://www.linkedin.com/talent/hire/1234/manage/all/profile/AEMAAAbCdEf12',
    'https://www.linkedin.com/talent/profile/AEMAAAbCdEf12/',
  ],
  'linkedin.com/recruiter/12345': ['https://www.linkedin.com/recruiter/profile/12345,AbCd,CAP'],
  'linkedin.com/view/12345': [
    'https://www.linkedin.com/profile/view?id=12345',
    'https://www.linkedin.com/profile/view?trk=nav&id=12345&authType=name',
  ],
  'linkedin.com/member-ACo/ACoAAAbCdEf12': [
    'https://www.linkedin.com/in/ACoAAAbCdEf12',
    'https://www.linkedin.com/profile/view?id=ACoAAAbCdEf12',
  ],
  'linkedin.com/pub/ana-lopez:1a:2b3:4c5': [
    'https://www.linkedin.com/pub/ana-lopez/1a/2b3/4c5',
    'http://uk.linkedin.com/pub/Ana-Lopez/1A/2B3/4C5/en',
  ],
  'github.com/ana-x': [
    'https://github.com/ana-x',
    'https://www.github.com/Ana-X/',
    'https://github.com/ana-x?tab=repositories',
    'https://gist.github.com/ana-x',
    'github.com/ana-x',
  ],
  'gitlab.com/ana': ['https://gitlab.com/ana', 'https://gitlab.com/Ana/', 'https://gitlab.com/ana?x=1'],
  'x.com/ana_x': [
    'https://x.com/ana_x',
    'https://twitter.com/Ana_X',
    'https://mobile.twitter.com/ana_x/with_replies',
    'https://twitter.com/@ana_x',
    'https://twitter.com/ana_x/status/12345?s=20',
  ],
  'stackoverflow.com/users/4711': [
    'https://stackoverflow.com/users/4711/ana-lopez',
    'https://stackoverflow.com/users/4711',
    'https://stackoverflow.com/users/4711/ana?tab=profile',
  ],
  'es.stackoverflow.com/users/4711': ['https://es.stackoverflow.com/users/4711/ana'],
  'xing.com/profile/ana_lopez2': ['https://www.xing.com/profile/Ana_Lopez2', 'https://www.xing.com/profile/Ana_Lopez2/cv?sc_o=x'],
  'dribbble.com/ana': ['https://dribbble.com/ana', 'https://dribbble.com/Ana/about'],
  'behance.net/ana': ['https://www.behance.net/ana', 'https://www.behance.net/Ana/projects'],
  'kaggle.com/ana': ['https://www.kaggle.com/ana', 'https://www.kaggle.com/ana/competitions'],
  'medium.com/@ana': ['https://medium.com/@ana', 'https://medium.com/@Ana/about'],
  'bsky.app/profile/ana.example': ['https://bsky.app/profile/ana.example', 'https://bsky.app/profile/Ana.example/post/3k'],
  'wellfound.com/u/ana': ['https://wellfound.com/u/ana', 'https://angel.co/u/ana'],
  'orcid.org/0000-0002-1825-009X': ['https://orcid.org/0000-0002-1825-009x'],
  'scholar.google.com/AbCdEfGhIjKl': [
    'https://scholar.google.com/citations?user=AbCdEfGhIjKl&hl=en',
    'https://scholar.google.es/citations?hl=es&user=AbCdEfGhIjKl',
  ],
}

const NOBODYS = [
  'https://www.linkedin.com', 'https://www.linkedin.com/', 'https://www.linkedin.com/in/', 'https://www.linkedin.com/in', 'https://www.linkedin.com/in/me/', 'https://www.linkedin.com/in/unknown',
  'https://www.linkedin.com/feed/', 'https://www.linkedin.com/feed/update/urn:li:activity:1', 'https://www.linkedin.com/company/acme', 'https://www.linkedin.com/school/acme', 'https://www.linkedin.com/jobs/view/1',
  'https://www.linkedin.com/search/results/people/?keywords=a', 'https://www.linkedin.com/pub/dir/Ana/Lopez', 'https://www.linkedin.com/pub/ana-lopez', 'https://www.linkedin.com/profile/view', 'https://www.linkedin.com/profile/view?id=', 'https://www.linkedin.com/profile/view?id=0',
  'https://www.linkedin.com/sales/lead/', 'https://www.linkedin.com/sales/company/12345', 'https://www.linkedin.com/sales/search/people', 'https://www.linkedin.com/talent/profile/', 'https://www.linkedin.com/talent/hire/12345', 'https://www.linkedin.com/in/a%2Fb', 'https://www.linkedin.com/in/%E0%A4',
  'https://linkedin.com.evil.example/in/ana', 'https://notlinkedin.com/in/ana', 'https://linkedin.com@evil.example/in/ana', 'https://evil.example/linkedin.com/in/ana', 'https://linkedin.com:8443/in/ana', 'https://lnkd.in/abc',
  'https://github.com', 'https://github.com/', 'https://github.com/features', 'https://github.com/orgs/acme', 'https://github.com/search?q=ana', 'https://github.com/settings/profile', 'https://github.com/ana/repo', 'https://gist.github.com/ana/0123', 'https://ana.github.io',
  'https://gitlab.com/', 'https://gitlab.com/explore', 'https://gitlab.com/group/project', 'https://x.com/', 'https://x.com/home', 'https://twitter.com/intent/user?screen_name=ana', 'https://twitter.com/search?q=ana', 'https://x.com/i/lists/1', 'https://twitter.com/#!/ana',
  'https://stackoverflow.com/questions/1', 'https://stackoverflow.com/users', 'https://stackoverflow.com/users/0', 'https://stackoverflow.com/jobs', 'https://www.xing.com/pages/acme', 'https://www.xing.com/profile/', 'https://dribbble.com/shots/1', 'https://www.behance.net/gallery/1/x', 'https://www.kaggle.com/datasets/ana/x', 'https://www.kaggle.com/ana/notebook', 'https://medium.com/acme', 'https://medium.com/@ana/post-1',
  'https://app.tool.example/#/people/1', 'https://ana.example', 'https://ana.example/about', 'https://www.facebook.com/ana', 'https://www.instagram.com/ana', 'https://www.youtube.com/@ana', 'N/A', '', 'not a link', 'https://',
] // prettier-ignore

describe('profile keys', () => {
  for (const [key, links] of Object.entries(SAME)) {
    for (const link of links) {
      it(`read ${link} as ${key}`, () => {
        expect(profileKey(link)).to.equal(key)
      })
    }
  }

  for (const link of NOBODYS) {
    it(`recognize nobody by ${JSON.stringify(link)}`, () => {
      expect(profileKey(link)).to.equal(null)
    })
  }

  for (const [one, other] of [
    ['https://www.linkedin.com/profile/view?id=1', 'https://www.linkedin.com/profile/view?id=2'],
    ['https://www.linkedin.com/talent/profile/AbC', 'https://www.linkedin.com/talent/profile/aBc'],
    ['https://www.linkedin.com/sales/lead/AbCdEf,NAME,x', 'https://www.linkedin.com/sales/lead/ABCDEF,NAME,x'],
    ['https://www.linkedin.com/in/ana', 'https://www.linkedin.com/in/ana-1'],
    ['https://github.com/ana', 'https://github.com/ana-1'],
  ] as const) {
    it(`keep ${one} and ${other} apart, as two pages on one site`, () => {
      const keys = [profileKey(one), profileKey(other)]
      expect(keys[0]).not.to.equal(keys[1])
      expect(siteOf(keys[0] ?? '')).to.equal(siteOf(keys[1] ?? '-'))
    })
  }

  it('treat the kinds of pages that one person has on LinkedIn as different sites', () => {
    const links = ['/in/ana', '/sales/lead/ACwAAAbCdEf12,x', '/talent/profile/AEMAAAbCdEf12', '/pub/ana/1/2/3', '/profile/view?id=1', '/in/ACoAAAbCdEf12'] // prettier-ignore
    const sites = links.map((path) => siteOf(profileKey(`https://www.linkedin.com${path}`) ?? ''))
    expect(new Set(sites).size).to.equal(links.length)
  })

  it('compare other links as written, except for scheme, www., and the final slash', () => {
    expect(linkForm('http://www.ana.example/')).to.equal(linkForm('https://ana.example'))
    expect(linkForm('https://ana.example/A')).not.to.equal(linkForm('https://ana.example/a'))
    expect(linkForm('https://tool.example/#/people/1')).not.to.equal(linkForm('https://tool.example/#/people/2'))
    expect(linkForm('https://www.linkedin.com/company/acme/')).to.equal('linkedin.com/company/acme')
  })
})
