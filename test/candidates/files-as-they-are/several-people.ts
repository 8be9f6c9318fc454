import { CONTRADICTED } from '../../../src/candidates/who-is-who/row-warnings.ts'
import { lines, type SampleFiles } from './sample-file.ts'

const COMPANY = 'https://www.linkedin.com/company/tidewater-looms'

/** Two people stay two, whatever they share. */
export const COLLEAGUES: SampleFiles = {
  'Apollo, two engineers of one company': {
    file: lines(
      'First Name,Last Name,Title,Company Name,Email,Email Status,Corporate Phone,Person Linkedin Url,Website,Company Linkedin Url,Facebook Url,Twitter Url,City,Country,Company Phone',
      `Ottoline,Marrable,Backend Engineer,Tidewater Looms,ottoline@tidewater.example,Verified,+1 212-555-0170,http://www.linkedin.com/in/ottoline-marrable-q1,http://www.tidewater.example,${COMPANY},https://facebook.com/tidewaterlooms,https://twitter.com/tidewaterlooms,Boston,United States,+1 212-555-0170`,
      `Casimir,Drozd,Designer,Tidewater Looms,casimir@tidewater.example,Verified,+1 212-555-0170,http://www.linkedin.com/in/casimir-drozd-q2,http://www.tidewater.example,${COMPANY},https://facebook.com/tidewaterlooms,https://twitter.com/tidewaterlooms,Boston,United States,+1 212-555-0170`,
    ),
    people: [
      { name: 'Ottoline Marrable', headline: 'Backend Engineer at Tidewater Looms', location: 'Boston, United States', emails: ['ottoline@tidewater.example'], links: ['http://www.linkedin.com/in/ottoline-marrable-q1'] },
      { name: 'Casimir Drozd', headline: 'Designer at Tidewater Looms', location: 'Boston, United States', emails: ['casimir@tidewater.example'], links: ['http://www.linkedin.com/in/casimir-drozd-q2'] },
    ],
    ignoredColumns: ['Email Status', 'Corporate Phone', 'Website', 'Company Linkedin Url', 'Facebook Url', 'Twitter Url', 'Company Phone'],
  },
  'the website of their employer, in two forms': {
    file: lines('Name,Email,Website', 'Ishbel Torrance,ishbel@lanark.example,https://lanark.example', 'Fergus Auld,fergus@lanark.example,http://www.lanark.example/'),
    people: [
      { name: 'Ishbel Torrance', emails: ['ishbel@lanark.example'], links: ['https://lanark.example'] },
      { name: 'Fergus Auld', emails: ['fergus@lanark.example'], links: ['http://www.lanark.example/'] },
    ],
  },
  'nothing but a company page': {
    file: lines('Name,LinkedIn URL', `Pelagia Rossi,${COMPANY}`, `Tancredi Rossi,${COMPANY}/people/`, 'Ines Rossi,https://www.linkedin.com/school/tidewater-institute'),
    people: [
      { name: 'Pelagia Rossi', links: [COMPANY] },
      { name: 'Tancredi Rossi', links: [`${COMPANY}/people/`] },
      { name: 'Ines Rossi', links: ['https://www.linkedin.com/school/tidewater-institute'] },
    ],
  },
  'an office’s address and a team page': {
    file: lines('Name;Email;Link', 'Oddvar Hegge;info@fjordlab.example;https://fjordlab.example/team#oddvar', 'Solveig Hegge;info@fjordlab.example;https://fjordlab.example/team#oddvar'),
    people: [
      { name: 'Oddvar Hegge', emails: ['info@fjordlab.example'], links: ['https://fjordlab.example/team#oddvar'] },
      { name: 'Solveig Hegge', emails: ['info@fjordlab.example'], links: ['https://fjordlab.example/team#oddvar'] },
    ],
  },
  'one address and two profile pages': {
    file: lines('Name,Email,LinkedIn', 'Quenby Sallow,studio@sallow.example,https://www.linkedin.com/in/quenby-sallow', 'Merrick Sallow,studio@sallow.example,https://www.linkedin.com/in/merrick-sallow'),
    people: [
      { name: 'Quenby Sallow', emails: ['studio@sallow.example'], links: ['https://www.linkedin.com/in/quenby-sallow'] },
      { name: 'Merrick Sallow', emails: ['studio@sallow.example'], links: ['https://www.linkedin.com/in/merrick-sallow'] },
    ],
    warnings: [
      [2, CONTRADICTED],
      [3, CONTRADICTED],
    ],
  },
  'a repository, a channel, and a page on Facebook': {
    file: lines(
      'Name,Links',
      'Abiola Sowande,https://github.com/lagoon-tools/lagoon; https://www.youtube.com/@lagoontools',
      'Temitope Sowande,https://github.com/lagoon-tools/lagoon; https://www.facebook.com/lagoontools',
      'Kehinde Sowande,https://www.youtube.com/@lagoontools; https://www.facebook.com/lagoontools',
    ),
    people: [
      { name: 'Abiola Sowande', links: ['https://github.com/lagoon-tools/lagoon', 'https://www.youtube.com/@lagoontools'] },
      { name: 'Temitope Sowande', links: ['https://github.com/lagoon-tools/lagoon', 'https://www.facebook.com/lagoontools'] },
      { name: 'Kehinde Sowande', links: ['https://www.youtube.com/@lagoontools', 'https://www.facebook.com/lagoontools'] },
    ],
  },
} // prettier-ignore

/** Nobody's page: everyone with it is somebody else. */
export const BARE_HOSTS: SampleFiles = {
  'LinkedIn’s home page': {
    file: lines('Name,Email,LinkedIn URL', 'Hob One,hob1@inn.example,https://www.linkedin.com', 'Hob Two,hob2@inn.example,http://linkedin.com/', 'Hob Three,hob3@inn.example,www.linkedin.com'),
    people: [
      { name: 'Hob One', emails: ['hob1@inn.example'], links: ['https://www.linkedin.com'] },
      { name: 'Hob Two', emails: ['hob2@inn.example'], links: ['http://linkedin.com/'] },
      { name: 'Hob Three', emails: ['hob3@inn.example'], links: ['https://www.linkedin.com'] },
    ],
  },
  '/in/ without a name, and without an e-mail': {
    file: lines('Name,LinkedIn URL', 'Wick One,https://www.linkedin.com/in/', 'Wick Two,https://www.linkedin.com/in', 'Wick Three,https://es.linkedin.com/in//'),
    people: [
      { name: 'Wick One', links: ['https://www.linkedin.com/in/'] },
      { name: 'Wick Two', links: ['https://www.linkedin.com/in'] },
      { name: 'Wick Three', links: ['https://es.linkedin.com/in//'] },
    ],
  },
  'pages that everyone who is signed in has': {
    file: lines('Name,Email,URL', 'Tarn One,tarn1@inn.example,https://www.linkedin.com/in/me/', 'Tarn Two,tarn2@inn.example,https://www.linkedin.com/in/me', 'Tarn Three,tarn3@inn.example,https://www.linkedin.com/feed/', 'Tarn Four,tarn4@inn.example,https://www.linkedin.com/feed/'),
    people: [
      { name: 'Tarn One', emails: ['tarn1@inn.example'], links: ['https://www.linkedin.com/in/me/'] },
      { name: 'Tarn Two', emails: ['tarn2@inn.example'], links: ['https://www.linkedin.com/in/me'] },
      { name: 'Tarn Three', emails: ['tarn3@inn.example'], links: ['https://www.linkedin.com/feed/'] },
      { name: 'Tarn Four', emails: ['tarn4@inn.example'], links: ['https://www.linkedin.com/feed/'] },
    ],
  },
  'hosts of other sites': {
    file: lines('Name,Email,Link', 'Fell One,fell1@inn.example,https://github.com/', 'Fell Two,fell2@inn.example,https://github.com', 'Fell Three,fell3@inn.example,https://x.com/home', 'Fell Four,fell4@inn.example,https://x.com/home', 'Fell Five,fell5@inn.example,https://gitlab.com/users/'),
    people: [
      { name: 'Fell One', emails: ['fell1@inn.example'], links: ['https://github.com/'] },
      { name: 'Fell Two', emails: ['fell2@inn.example'], links: ['https://github.com'] },
      { name: 'Fell Three', emails: ['fell3@inn.example'], links: ['https://x.com/home'] },
      { name: 'Fell Four', emails: ['fell4@inn.example'], links: ['https://x.com/home'] },
      { name: 'Fell Five', emails: ['fell5@inn.example'], links: ['https://gitlab.com/users/'] },
    ],
  },
  'searches, and what tools write if they found no page': {
    file: lines(
      'Name,Email,Profile link',
      'Beck One,beck1@inn.example,https://www.linkedin.com/search/results/people/?keywords=welder',
      'Beck Two,beck2@inn.example,https://www.linkedin.com/search/results/people/?keywords=welder',
      'Beck Three,beck3@inn.example,https://www.linkedin.com/in/unavailable',
      'Beck Four,beck4@inn.example,https://www.linkedin.com/in/undefined/',
      'Beck Five,beck5@inn.example,https://www.linkedin.com/in/undefined',
    ),
    people: [
      { name: 'Beck One', emails: ['beck1@inn.example'], links: ['https://www.linkedin.com/search/results/people/?keywords=welder'] },
      { name: 'Beck Two', emails: ['beck2@inn.example'], links: ['https://www.linkedin.com/search/results/people/?keywords=welder'] },
      { name: 'Beck Three', emails: ['beck3@inn.example'], links: ['https://www.linkedin.com/in/unavailable'] },
      { name: 'Beck Four', emails: ['beck4@inn.example'], links: ['https://www.linkedin.com/in/undefined/'] },
      { name: 'Beck Five', emails: ['beck5@inn.example'], links: ['https://www.linkedin.com/in/undefined'] },
    ],
  },
} // prettier-ignore

export const PROFILE_IDS: SampleFiles = {
  'two numbers': {
    file: lines('Name,URL', 'Vesna Novak,https://www.linkedin.com/profile/view?id=30117', 'Vesna Novak,https://www.linkedin.com/profile/view?id=30118'),
    people: [
      { name: 'Vesna Novak', links: ['https://www.linkedin.com/profile/view?id=30117'] },
      { name: 'Vesna Novak', links: ['https://www.linkedin.com/profile/view?id=30118'] },
    ],
  },
  'the id behind other parameters': {
    file: lines(
      'Name,Email,URL',
      'Luka Horvat,luka@ban.example,https://www.linkedin.com/profile/view?authType=NAME_SEARCH&id=45001&trk=nav',
      'Mara Horvat,mara@ban.example,https://www.linkedin.com/profile/view?authType=NAME_SEARCH&id=45002&trk=nav',
    ),
    people: [
      { name: 'Luka Horvat', emails: ['luka@ban.example'], links: ['https://www.linkedin.com/profile/view?authType=NAME_SEARCH&id=45001&trk=nav'] },
      { name: 'Mara Horvat', emails: ['mara@ban.example'], links: ['https://www.linkedin.com/profile/view?authType=NAME_SEARCH&id=45002&trk=nav'] },
    ],
  },
  'one number in two forms': {
    file: lines('Name,URL', 'Zdenka Kos,http://de.linkedin.com/profile/view?id=51234&locale=de_DE', 'Zdenka Kos,https://www.linkedin.com/profile/view?trk=hp&id=51234'),
    people: [{ name: 'Zdenka Kos', links: ['https://www.linkedin.com/profile/view?trk=hp&id=51234'] }],
    updated: 1,
  },
  'ids of members, which differ by case': {
    file: lines('Name,URL', 'Pavla Hruba,https://www.linkedin.com/profile/view?id=AAkAAAq7TestaB', 'Pavla Hruba,https://www.linkedin.com/profile/view?id=AAkAAAq7TestAB'),
    people: [
      { name: 'Pavla Hruba', links: ['https://www.linkedin.com/profile/view?id=AAkAAAq7TestaB'] },
      { name: 'Pavla Hruba', links: ['https://www.linkedin.com/profile/view?id=AAkAAAq7TestAB'] },
    ],
  },
  'a page without an id, and with the id 0': {
    file: lines('Name,Email,URL', 'Radek Maly,radek@ban.example,https://www.linkedin.com/profile/view', 'Ota Maly,ota@ban.example,https://www.linkedin.com/profile/view?id=', 'Eva Mala,eva@ban.example,https://www.linkedin.com/profile/view?id=0', 'Ida Mala,ida@ban.example,https://www.linkedin.com/profile/view?id=0'),
    people: [
      { name: 'Radek Maly', emails: ['radek@ban.example'], links: ['https://www.linkedin.com/profile/view'] },
      { name: 'Ota Maly', emails: ['ota@ban.example'], links: ['https://www.linkedin.com/profile/view?id='] },
      { name: 'Eva Mala', emails: ['eva@ban.example'], links: ['https://www.linkedin.com/profile/view?id=0'] },
      { name: 'Ida Mala', emails: ['ida@ban.example'], links: ['https://www.linkedin.com/profile/view?id=0'] },
    ],
  },
  'Recruiter’s pages': {
    file: lines(
      'Name,Profile link',
      'Jitka Vrana,https://www.linkedin.com/talent/profile/AEMAAAx9TestJ1?trk=project',
      'Jitka Vrana,https://www.linkedin.com/talent/hire/4711/manage/all/profile/AEMAAAx9TestJ1',
      'Jitka Vrana,https://www.linkedin.com/talent/profile/AEMAAAx9Testj1',
      'Bara Vrana,"https://www.linkedin.com/recruiter/profile/88121,AbCd,CAP"',
    ),
    people: [
      { name: 'Jitka Vrana', links: ['https://www.linkedin.com/talent/hire/4711/manage/all/profile/AEMAAAx9TestJ1'] },
      { name: 'Jitka Vrana', links: ['https://www.linkedin.com/talent/profile/AEMAAAx9Testj1'] },
      { name: 'Bara Vrana', links: ['https://www.linkedin.com/recruiter/profile/88121,AbCd,CAP'] },
    ],
    updated: 1,
  },
} // prettier-ignore
