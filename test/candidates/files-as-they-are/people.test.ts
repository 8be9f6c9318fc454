import { testSamples } from './import-samples.ts'
import { GITHUB, LINKEDIN_FORMS, OTHER_SITES, SALES_NAVIGATOR } from './one-person.ts'
import { BARE_HOSTS, COLLEAGUES, PROFILE_IDS } from './several-people.ts'
import { INVISIBLE } from './spreadsheets.ts'

describe('real-world files: matching people', () => {
  testSamples({
    'colleagues who share a website or a company page': COLLEAGUES,
    'bare hosts and pages of no one': BARE_HOSTS,
    'profiles whose person is in the query or an id': PROFILE_IDS,
    'forms of one LinkedIn page': LINKEDIN_FORMS,
    'Sales Navigator': SALES_NAVIGATOR,
    GitHub: GITHUB,
    'other sites': OTHER_SITES,
    'invisible characters': INVISIBLE,
  })
})
