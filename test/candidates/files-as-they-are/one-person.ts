import { lines, type SampleFiles } from './sample-file.ts'

const LEAD = 'https://www.linkedin.com/sales/lead'

/** A later row replaces the link of an earlier one, so the last form is what is kept. */
export const LINKEDIN_FORMS: SampleFiles = {
  'languages, sections, and overlays': {
    file: lines(
      'Name,LinkedIn URL',
      'Yewande Coker,https://www.linkedin.com/in/yewande-coker-7a',
      'Yewande Coker,https://www.linkedin.com/in/yewande-coker-7a/pt',
      'Yewande Coker,https://www.linkedin.com/in/yewande-coker-7a/details/education/',
      'Yewande Coker,https://www.linkedin.com/in/yewande-coker-7a/overlay/about-this-profile/',
      'Yewande Coker,https://www.linkedin.com/in/yewande-coker-7a/recent-activity/all/',
    ),
    people: [{ name: 'Yewande Coker', links: ['https://www.linkedin.com/in/yewande-coker-7a/recent-activity/all/'] }],
    updated: 4,
  },
  'hosts of countries and the mobile site, with and without a scheme': {
    file: lines(
      'Name,LinkedIn URL',
      'Bram de Wit,linkedin.com/in/bram-de-wit-22',
      'Bram de Wit,www.linkedin.com/in/bram-de-wit-22/',
      'Bram de Wit,http://nl.linkedin.com/in/bram-de-wit-22',
      'Bram de Wit,https://m.linkedin.com/in/bram-de-wit-22',
      'Bram de Wit,https://www.linkedin.com/mwlite/in/bram-de-wit-22',
    ),
    people: [{ name: 'Bram de Wit', links: ['https://www.linkedin.com/mwlite/in/bram-de-wit-22'] }],
    updated: 4,
  },
  'letters that are escaped, and letter case': {
    file: lines('Name;LinkedIn', 'Sólrún Ásdís;https://www.linkedin.com/in/s%C3%B3lr%C3%BAn-%C3%A1sd%C3%ADs', 'Sólrún Ásdís;https://www.linkedin.com/in/sólrún-ásdís/', 'Sólrún Ásdís;HTTPS://WWW.LINKEDIN.COM/IN/S%c3%b3lr%c3%ban-%c3%a1sd%c3%ads'),
    people: [{ name: 'Sólrún Ásdís', links: ['HTTPS://WWW.LINKEDIN.COM/IN/S%c3%b3lr%c3%ban-%c3%a1sd%c3%ads'] }],
    updated: 2,
  },
  'what shared links carry with them': {
    file: lines(
      'Name,LinkedIn URL',
      'Nilufar Karimova,https://www.linkedin.com/in/nilufar-k-9?utm_source=share&utm_campaign=share_via&utm_medium=ios_app',
      'Nilufar Karimova,https://www.linkedin.com/in/nilufar-k-9/?originalSubdomain=uz#experience',
      'Nilufar Karimova,https://www.linkedin.com/comm/in/nilufar-k-9?midToken=AQExample',
    ),
    people: [{ name: 'Nilufar Karimova', links: ['https://www.linkedin.com/comm/in/nilufar-k-9?midToken=AQExample'] }],
    updated: 2,
  },
  'namesakes whose pages differ by a number are two': {
    file: lines('Name,LinkedIn URL', 'Joana Pires,https://www.linkedin.com/in/joana-pires', 'Joana Pires,https://www.linkedin.com/in/joana-pires-1/', 'Joana Pires,https://pt.linkedin.com/in/Joana-Pires'),
    people: [
      { name: 'Joana Pires', links: ['https://pt.linkedin.com/in/Joana-Pires'] },
      { name: 'Joana Pires', links: ['https://www.linkedin.com/in/joana-pires-1/'] },
    ],
    updated: 1,
  },
  'a page from before 2015': {
    file: lines('Name,Public profile URL', 'Enda Quirke,http://ie.linkedin.com/pub/enda-quirke/1a/2b3/4c5', 'Enda Quirke,https://www.linkedin.com/pub/Enda-Quirke/1A/2B3/4C5/en', 'Enda Quirke,https://www.linkedin.com/pub/dir/Enda/Quirke'),
    people: [
      { name: 'Enda Quirke', links: ['https://www.linkedin.com/pub/Enda-Quirke/1A/2B3/4C5/en'] },
      { name: 'Enda Quirke', links: ['https://www.linkedin.com/pub/dir/Enda/Quirke'] },
    ],
    updated: 1,
  },
} // prettier-ignore

export const SALES_NAVIGATOR: SampleFiles = {
  'one lead, found in several ways': {
    file: lines('Name,LinkedIn URL', `Gudrun Aas,"${LEAD}/ACwAAB1TestGA,NAME_SEARCH,x1Yz"`, `Gudrun Aas,"${LEAD}/ACwAAB1TestGA,LEADS_LIST,Qq00?_ntb=e1"`, 'Gudrun Aas,"https://www.linkedin.com/sales/people/ACwAAB1TestGA,OUT_OF_NETWORK,k7"'),
    people: [{ name: 'Gudrun Aas', links: ['https://www.linkedin.com/sales/people/ACwAAB1TestGA,OUT_OF_NETWORK,k7'] }],
    updated: 2,
  },
  'commas that are escaped, in a file with semicolons': {
    file: lines('Name;Sales Navigator URL', `Torbjorn Lien;${LEAD}/ACwAAB2TestTL,NAME_SEARCH,x1Yz`, `Torbjorn Lien;${LEAD}/ACwAAB2TestTL%2CNAME_SEARCH%2Cx1Yz`),
    people: [{ name: 'Torbjorn Lien', links: [`${LEAD}/ACwAAB2TestTL%2CNAME_SEARCH%2Cx1Yz`] }],
    updated: 1,
  },
  'the same id as a public address': {
    file: lines('Name,LinkedIn URL', `Sunniva Moe,"${LEAD}/ACwAAB3TestSM,NAME_SEARCH,a1"`, 'Sunniva Moe,https://www.linkedin.com/in/ACwAAB3TestSM'),
    people: [{ name: 'Sunniva Moe', links: ['https://www.linkedin.com/in/ACwAAB3TestSM'] }],
    updated: 1,
  },
  'ids that differ by case are two': {
    file: lines('Name,LinkedIn URL', `Liv Dahl,"${LEAD}/ACwAAB4TestLd,NAME_SEARCH,a1"`, `Liv Dahl,"${LEAD}/ACwAAB4TestLD,NAME_SEARCH,a1"`),
    people: [
      { name: 'Liv Dahl', links: [`${LEAD}/ACwAAB4TestLd,NAME_SEARCH,a1`] },
      { name: 'Liv Dahl', links: [`${LEAD}/ACwAAB4TestLD,NAME_SEARCH,a1`] },
    ],
  },
  'a lead beside the public page, and alone': {
    file: lines(
      'First Name,Last Name,LinkedIn URL,Sales Navigator URL',
      `Hallvard,Bø,https://www.linkedin.com/in/hallvard-bo,"${LEAD}/ACwAAB5TestHB,NAME_SEARCH,a1"`,
      `Hallvard,Bø,,"${LEAD}/ACwAAB5TestHB,NAME_SEARCH,b2"`,
    ),
    people: [{ name: 'Hallvard Bø', links: [`${LEAD}/ACwAAB5TestHB,NAME_SEARCH,b2`] }],
    updated: 1,
  },
  'accounts and searches are nobody': {
    file: lines('Name,Link', 'Kari Sunde,https://www.linkedin.com/sales/company/778899', 'Nils Sunde,https://www.linkedin.com/sales/company/778899', 'Egil Sunde,https://www.linkedin.com/sales/search/people?query=x', 'Berit Sunde,https://www.linkedin.com/sales/search/people?query=x'),
    people: [
      { name: 'Kari Sunde', links: ['https://www.linkedin.com/sales/company/778899'] },
      { name: 'Nils Sunde', links: ['https://www.linkedin.com/sales/company/778899'] },
      { name: 'Egil Sunde', links: ['https://www.linkedin.com/sales/search/people?query=x'] },
      { name: 'Berit Sunde', links: ['https://www.linkedin.com/sales/search/people?query=x'] },
    ],
  },
} // prettier-ignore

export const GITHUB: SampleFiles = {
  'letter case, and the last slash': {
    file: lines('Name,GitHub URL', 'Oksana Bilyk,https://github.com/oksana-b-test', 'Oksana Bilyk,https://www.github.com/Oksana-B-Test/', 'Oksana Bilyk,http://github.com/OKSANA-B-TEST'),
    people: [{ name: 'Oksana Bilyk', links: ['http://github.com/OKSANA-B-TEST'] }],
    updated: 2,
  },
  'tabs, gists, and fragments': {
    file: lines('Name,Link', 'Danylo Melnyk,https://github.com/danylo-m-test?tab=stars', 'Danylo Melnyk,https://gist.github.com/danylo-m-test', 'Danylo Melnyk,github.com/danylo-m-test#readme', 'Danylo Melnyk,https://github.com/danylo-m-test?tab=overview&from=2026-01-01'),
    people: [{ name: 'Danylo Melnyk', links: ['https://github.com/danylo-m-test?tab=overview&from=2026-01-01'] }],
    updated: 3,
  },
  'two who work on one repository': {
    file: lines('Name,Email,GitHub', 'Iryna Shevchuk,iryna@dnipro.example,https://github.com/dnipro-labs/pump', 'Bohdan Shevchuk,bohdan@dnipro.example,https://github.com/dnipro-labs/pump'),
    people: [
      { name: 'Iryna Shevchuk', emails: ['iryna@dnipro.example'], links: ['https://github.com/dnipro-labs/pump'] },
      { name: 'Bohdan Shevchuk', emails: ['bohdan@dnipro.example'], links: ['https://github.com/dnipro-labs/pump'] },
    ],
  },
  'pages of the site': {
    file: lines('Name,Email,GitHub URL', 'Taras Koval,taras@dnipro.example,https://github.com/orgs/dnipro-labs/people', 'Olha Koval,olha@dnipro.example,https://github.com/orgs/dnipro-labs/people', 'Roman Koval,roman@dnipro.example,https://github.com/search?q=pump', 'Ulyana Koval,ulyana@dnipro.example,https://github.com/search?q=pump'),
    people: [
      { name: 'Taras Koval', emails: ['taras@dnipro.example'], links: ['https://github.com/orgs/dnipro-labs/people'] },
      { name: 'Olha Koval', emails: ['olha@dnipro.example'], links: ['https://github.com/orgs/dnipro-labs/people'] },
      { name: 'Roman Koval', emails: ['roman@dnipro.example'], links: ['https://github.com/search?q=pump'] },
      { name: 'Ulyana Koval', emails: ['ulyana@dnipro.example'], links: ['https://github.com/search?q=pump'] },
    ],
  },
  'a name of an account is no link': {
    file: lines('Name,Email,GitHub', 'Maksym Hnatyuk,maksym@dnipro.example,@maksym-h-test', 'Maksym Hnatyuk,maksym@dnipro.example,github.com/maksym-h-test'),
    people: [{ name: 'Maksym Hnatyuk', emails: ['maksym@dnipro.example'], links: ['https://github.com/maksym-h-test'] }],
    updated: 1,
  },
  'one address and two accounts are two': {
    file: lines('Name,Email,GitHub profile', 'Yurii Lysenko,hello@dnipro.example,https://github.com/yurii-l-test', 'Zoia Lysenko,hello@dnipro.example,https://github.com/zoia-l-test'),
    people: [
      { name: 'Yurii Lysenko', emails: ['hello@dnipro.example'], links: ['https://github.com/yurii-l-test'] },
      { name: 'Zoia Lysenko', emails: ['hello@dnipro.example'], links: ['https://github.com/zoia-l-test'] },
    ],
  },
} // prettier-ignore

export const OTHER_SITES: SampleFiles = {
  GitLab: {
    file: lines('Name,GitLab URL', 'Achieng Otieno,https://gitlab.com/achieng-o-test', 'Achieng Otieno,https://gitlab.com/Achieng-O-Test/', 'Barasa Otieno,https://gitlab.com/nairobi-labs/pump', 'Chebet Otieno,https://gitlab.com/nairobi-labs/pump'),
    people: [
      { name: 'Achieng Otieno', links: ['https://gitlab.com/Achieng-O-Test/'] },
      { name: 'Barasa Otieno', links: ['https://gitlab.com/nairobi-labs/pump'] },
      { name: 'Chebet Otieno', links: ['https://gitlab.com/nairobi-labs/pump'] },
    ],
    updated: 1,
  },
  'X, which was Twitter': {
    file: lines('Name,Twitter URL', 'Makena Njoroge,https://twitter.com/makena_test', 'Makena Njoroge,https://x.com/Makena_Test', 'Makena Njoroge,https://mobile.twitter.com/makena_test/status/12345?s=20', 'Makena Njoroge,https://x.com/makena_test2'),
    people: [
      { name: 'Makena Njoroge', links: ['https://mobile.twitter.com/makena_test/status/12345?s=20'] },
      { name: 'Makena Njoroge', links: ['https://x.com/makena_test2'] },
    ],
    updated: 2,
  },
  'Stack Overflow, whose editions have numbers of their own': {
    file: lines('Name,Stack Overflow URL', 'Wanjala Simiyu,https://stackoverflow.com/users/990011/wanjala', 'Wanjala Simiyu,https://stackoverflow.com/users/990011/wanjala-simiyu?tab=profile', 'Nekesa Simiyu,https://es.stackoverflow.com/users/990011/nekesa', 'Situma Simiyu,https://stackoverflow.com/users/990012'),
    people: [
      { name: 'Wanjala Simiyu', links: ['https://stackoverflow.com/users/990011/wanjala-simiyu?tab=profile'] },
      { name: 'Nekesa Simiyu', links: ['https://es.stackoverflow.com/users/990011/nekesa'] },
      { name: 'Situma Simiyu', links: ['https://stackoverflow.com/users/990012'] },
    ],
    updated: 1,
  },
  Xing: {
    file: lines('Vorname;Nachname;Xing', 'Roswitha;Ziegenbalg;https://www.xing.com/profile/Roswitha_Ziegenbalg3', 'Roswitha;Ziegenbalg;https://www.xing.com/profile/Roswitha_Ziegenbalg3/web_profiles?sc_o=x', 'Hartmut;Ziegenbalg;https://www.xing.com/pages/webstuhlgmbh', 'Ilse;Ziegenbalg;https://www.xing.com/pages/webstuhlgmbh'),
    people: [
      { name: 'Roswitha Ziegenbalg', links: ['https://www.xing.com/profile/Roswitha_Ziegenbalg3/web_profiles?sc_o=x'] },
      { name: 'Hartmut Ziegenbalg', links: ['https://www.xing.com/pages/webstuhlgmbh'] },
      { name: 'Ilse Ziegenbalg', links: ['https://www.xing.com/pages/webstuhlgmbh'] },
    ],
    updated: 1,
  },
  'Dribbble and Behance': {
    file: lines(
      'Name,Portfolio',
      'Seraphine Oyelaran,https://dribbble.com/seraphine-test',
      'Seraphine Oyelaran,https://dribbble.com/Seraphine-Test/about',
      'Lazare Oyelaran,https://www.behance.net/lazaretest/projects',
      'Lazare Oyelaran,http://behance.net/LazareTest',
      'Noemi Oyelaran,https://www.behance.net/gallery/1234/Looms',
      'Odile Oyelaran,https://www.behance.net/gallery/1234/Looms',
    ),
    people: [
      { name: 'Seraphine Oyelaran', links: ['https://dribbble.com/Seraphine-Test/about'] },
      { name: 'Lazare Oyelaran', links: ['http://behance.net/LazareTest'] },
      { name: 'Noemi Oyelaran', links: ['https://www.behance.net/gallery/1234/Looms'] },
      { name: 'Odile Oyelaran', links: ['https://www.behance.net/gallery/1234/Looms'] },
    ],
    updated: 2,
  },
  'Kaggle, Medium, ORCID, and Scholar': {
    file: lines(
      'Name,Links',
      'Philippa Ngata,https://www.kaggle.com/philippatest',
      'Philippa Ngata,https://www.kaggle.com/PhilippaTest/competitions; https://medium.com/@philippa.test',
      'Philippa Ngata,https://medium.com/@Philippa.Test/about; https://orcid.org/0000-0001-5000-111x',
      'Philippa Ngata,orcid.org/0000-0001-5000-111X; https://scholar.google.com/citations?user=PhTestNgata1&hl=en',
      'Philippa Ngata,https://scholar.google.co.nz/citations?hl=mi&user=PhTestNgata1',
    ),
    people: [{ name: 'Philippa Ngata', links: ['https://scholar.google.co.nz/citations?hl=mi&user=PhTestNgata1'] }],
    updated: 4,
  },
} // prettier-ignore
