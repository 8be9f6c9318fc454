import { INCOMPLETE, lines, type SampleFiles } from './sample-file.ts'

const NO_LINK = 'The column "Links" has a value that is not a link: enter it in full, starting with https:// or http://.'

/** The person's own page and numbers are in columns that each tool names in its own way; those of the company are not theirs. */
export const OWN_COLUMNS: SampleFiles = {
  Apollo: {
    file: lines(
      'First Name,Last Name,Title,Company,Email,Email Status,Work Direct Phone,Home Phone,Mobile Phone,Corporate Phone,Stage,Person Linkedin Url,Company Linkedin Url,Website,City,State,Country,Company Address,Company Phone,Secondary Email,Tertiary Email',
      'Bettina,Achterberg,Controls Engineer,Polder Pumps,bettina@polder.example,Verified,+31 20 794 0001,,+31 6 1234 5671,+31 20 794 0000,Cold,http://www.linkedin.com/in/bettina-achterberg-t1,http://www.linkedin.com/company/polder-pumps,https://polder.example,Utrecht,Utrecht,Netherlands,"Dijk 1, Utrecht",+31 20 794 0000,b.achterberg@mail.example,tina@mail.example',
    ),
    people: [{ name: 'Bettina Achterberg', headline: 'Controls Engineer at Polder Pumps', location: 'Utrecht, Netherlands', emails: ['bettina@polder.example', 'b.achterberg@mail.example', 'tina@mail.example'], phones: ['work +31207940001', 'mobile +31612345671'], links: ['http://www.linkedin.com/in/bettina-achterberg-t1'], stage: 'Cold' }],
    ignoredColumns: ['Email Status', 'Corporate Phone', 'Company Linkedin Url', 'Website', 'Company Address', 'Company Phone'],
  },
  Evaboot: {
    file: lines(
      'First Name,Last Name,Full Name,Current Job,Profile Headline,Title,Email,Linkedin URL Public,Sales Navigator URL,Company Name,Company Website,Company LinkedIn URL,Location,Connections',
      'Anselm,Kirchgasser,Anselm Kirchgasser,Data Engineer,Building pipelines at Murwerk,Data Engineer,anselm@murwerk.example,https://www.linkedin.com/in/anselm-kirchgasser-t2/,"https://www.linkedin.com/sales/lead/ACwAAC1TestAK,NAME_SEARCH,q9",Murwerk,https://murwerk.example,https://www.linkedin.com/company/murwerk,"Graz, Austria",1st',
    ),
    people: [{ name: 'Anselm Kirchgasser', headline: 'Building pipelines at Murwerk', location: 'Graz, Austria', emails: ['anselm@murwerk.example'], links: ['https://www.linkedin.com/in/anselm-kirchgasser-t2/', 'https://www.linkedin.com/sales/lead/ACwAAC1TestAK,NAME_SEARCH,q9'] }],
    ignoredColumns: ['Company Website', 'Company LinkedIn URL', 'Connections'],
  },
  ZoomInfo: {
    file: lines(
      'ZoomInfo Contact ID,Last Name,First Name,Job Title,Direct Phone Number,Email Address,Mobile phone,LinkedIn Contact Profile URL,Person City,Person State,Country,Company Name,Website,Company HQ Phone,LinkedIn Company Profile URL',
      '-1200000001,Fairweather,Lettice,Plant Manager,(212) 555-0186,lettice@kilnworks.example,(917) 555-0187,https://www.linkedin.com/in/lettice-fairweather-t3,Albany,New York,United States,Kilnworks,www.kilnworks.example,(212) 555-0100,https://www.linkedin.com/company/kilnworks',
    ),
    people: [{ name: 'Lettice Fairweather', headline: 'Plant Manager at Kilnworks', location: 'Albany, New York, United States', emails: ['lettice@kilnworks.example'], phones: ['work +12125550186', 'mobile +19175550187'], links: ['https://www.linkedin.com/in/lettice-fairweather-t3'] }],
    ignoredColumns: ['ZoomInfo Contact ID', 'Website', 'Company HQ Phone', 'LinkedIn Company Profile URL'],
  },
  RocketReach: {
    file: lines(
      'Name,First Name,Last Name,Current Title,Current Employer,Location,LinkedIn,Primary Email,Personal Email,Work Email,Mobile Phone,Office Phone,Company Phone',
      'Iolanda Mestre,Iolanda,Mestre,Head of Quality,Cortiça Sul,"Évora, Portugal",https://www.linkedin.com/in/iolanda-mestre-t4,iolanda@mail.example,iolanda@mail.example,iolanda@cortica.example,912 345 671,,266 000 000',
    ),
    people: [{ name: 'Iolanda Mestre', headline: 'Head of Quality at Cortiça Sul', location: 'Évora, Portugal', emails: ['iolanda@mail.example', 'iolanda@cortica.example'], phones: ['mobile +351912345671'], links: ['https://www.linkedin.com/in/iolanda-mestre-t4'] }],
    ignoredColumns: ['Company Phone'],
  },
  'LinkedIn Recruiter': {
    file: lines(
      'First Name,Last Name,Headline,Location,Current Title,Current Company,Email Address,Phone Number,Profile URL,Active Project,Notes,Feedback',
      'Ragnhild,Tveit,Robotics at scale,"Stavanger, Rogaland, Norway",Robotics Lead,Nordhavn Robotics,ragnhild@nordhavn.example,+47 512 34 501,https://www.linkedin.com/in/ragnhild-tveit-t5,Robotics 2026,called twice,positive',
    ),
    people: [{ name: 'Ragnhild Tveit', headline: 'Robotics at scale', location: 'Stavanger, Rogaland, Norway', emails: ['ragnhild@nordhavn.example'], phones: ['+4751234501'], links: ['https://www.linkedin.com/in/ragnhild-tveit-t5'], project: 'Robotics 2026' }],
    ignoredColumns: ['Notes', 'Feedback'],
  },
  'columns of e-mail finders': {
    file: lines(
      'Lead Name,Contact Email,Best Email,Verified Email,Alternate Email,Email ID,Direct Dial,Work Mobile,Lead LinkedIn URL,Confidence',
      'Tobias Quiller,tobias@quiller.example,t.quiller@loom.example,tobias@quiller.example,tq@mail.example,tq@mail.example,+44 20 7946 0301,+44 7700 900301,linkedin.com/in/tobias-quiller-t6,97',
    ),
    people: [{ name: 'Tobias Quiller', emails: ['tobias@quiller.example', 't.quiller@loom.example', 'tq@mail.example'], phones: ['work +442079460301', 'mobile +447700900301'], links: ['https://linkedin.com/in/tobias-quiller-t6'] }],
    ignoredColumns: ['Confidence'],
  },
  'a customer database': {
    file: lines(
      'Salutation,First Name,Last Name,Title,Account Name,Mailing City,Mailing State/Province,Mailing Country,Phone,Mobile,Fax,Email,Contact Owner',
      'Ms.,Prudence,Achebe,Buyer,Lagoon Mills,Leeds,West Yorkshire,United Kingdom,020 7946 0302,07700 900302,020 7946 0303,prudence@lagoon.example,Sam',
    ),
    people: [{ name: 'Prudence Achebe', headline: 'Buyer at Lagoon Mills', location: 'Leeds, West Yorkshire, United Kingdom', emails: ['prudence@lagoon.example'], phones: ['+442079460302', 'mobile 07700 900302'] }],
    ignoredColumns: ['Salutation', 'Fax', 'Contact Owner'],
  },
  'addresses that a tool recommends': {
    file: lines(
      'Candidate First Name,Candidate Last Name,Candidate Location,Recommended Email,Recommended Personal Email,Recommended Work Email,Recommended Phone,Mobile No.,Starred email,LinkedIn Sales Nav URL,Email Grade',
      'Ludmila,Petrova,"Varna, Bulgaria",ludmila@mail.example,ludmila@mail.example,l.petrova@varnalab.example,+359 88 123 4501,088 123 4502,ludmila.p@mail.example,"https://www.linkedin.com/sales/lead/ACwAAC2TestLP,NAME_SEARCH,r1",A',
    ),
    people: [{ name: 'Ludmila Petrova', location: 'Varna, Bulgaria', emails: ['ludmila@mail.example', 'l.petrova@varnalab.example', 'ludmila.p@mail.example'], phones: ['+359881234501', 'mobile +359881234502'], links: ['https://www.linkedin.com/sales/lead/ACwAAC2TestLP,NAME_SEARCH,r1'] }],
    ignoredColumns: ['Email Grade'],
  },
  Greenhouse: {
    file: lines(
      'Candidate Name,Title,Company,Email Addresses,Phone Numbers,Website Addresses,Social Media Addresses,Tags,Stage,Job',
      'Sanne Brandsma,Test Engineer,Polder Pumps,"sanne@mail.example, s.brandsma@polder.example","+31 6 1234 5672 (mobile), +31 20 794 0002 (work)",https://sanne.example,"@sannetests, https://www.linkedin.com/in/sanne-brandsma-t7","qa, referred",Face to Face,Test Engineer',
    ),
    people: [{ name: 'Sanne Brandsma', headline: 'Test Engineer at Polder Pumps', emails: ['sanne@mail.example', 's.brandsma@polder.example'], phones: ['mobile +31612345672', 'work +31207940002'], links: ['https://sanne.example', 'https://www.linkedin.com/in/sanne-brandsma-t7'], tags: ['qa', 'referred'], stage: 'Face to Face' }],
    ignoredColumns: ['Job'],
  },
} // prettier-ignore

const TEMPLATE =
  'Lever Profile ID,Full Name,Email,Date Added,Stage,Archive Reason,Archive Date,Sources,Origin,Tags,Phone,Location,Links,Referrer,Resume Filename,Company,Owner,Lever Posting URL,DateNote-0,UserNote-0,IsSecretNote-0,Note-0'
const NOT_READ = [
  'Lever Profile ID', 'Date Added', 'Archive Reason', 'Archive Date', 'Sources', 'Origin', 'Referrer', 'Resume Filename', 'Owner',
  'Lever Posting URL', 'DateNote-0', 'UserNote-0', 'IsSecretNote-0', 'Note-0',
] // prettier-ignore

export const LEVER_TEMPLATE: SampleFiles = {
  'everything that it has': {
    file: lines(
      TEMPLATE,
      '7f01-1,Ebele Nwosu,"ebele@mail.example,ebele.nwosu@harbor.example",2026-10-02,Phone screen,,,LinkedIn,Sourced,"platform,rust,remote","+234 803 123 4501, +234 803 123 4502","Enugu, Nigeria","https://www.linkedin.com/in/ebele-nwosu-v1, https://github.com/ebele-n-test",,Ebele.pdf,Harbor Looms,mia@harbor.example,https://jobs.lever.co/acme/1,2026-10-03,mia@harbor.example,false,Knows Rust',
    ),
    people: [{ name: 'Ebele Nwosu', headline: 'Harbor Looms', location: 'Enugu, Nigeria', emails: ['ebele@mail.example', 'ebele.nwosu@harbor.example'], phones: ['+2348031234501', '+2348031234502'], links: ['https://www.linkedin.com/in/ebele-nwosu-v1', 'https://github.com/ebele-n-test'], tags: ['platform', 'rust', 'remote'], stage: 'Phone screen' }],
    ignoredColumns: NOT_READ,
  },
  'no e-mail, and links without spaces': {
    file: lines(TEMPLATE, '7f01-2,Uzoma Eze,,2026-10-02,New lead,,,,,,,,"https://www.linkedin.com/in/uzoma-eze-v2,https://uzoma.example/cv",,,,,,,,,'),
    people: [{ name: 'Uzoma Eze', links: ['https://www.linkedin.com/in/uzoma-eze-v2', 'https://uzoma.example/cv'], stage: 'New lead' }],
    ignoredColumns: NOT_READ,
  },
  'a link with a space in it': {
    file: lines(TEMPLATE, '7f01-3,Chidi Obi,chidi@mail.example,,New lead,,,,,,,,https://www.linkedin.com/in/chidi obi,,,,,,,,,', '7f01-4,Nneka Obi,nneka@mail.example,,New lead,,,,,,,,"https://nneka.example, my profile",,,,,,,,,', '7f01-5,Amara Obi,amara@mail.example,,New lead,,,,,,,,,,,,,,,,,'),
    people: [{ name: 'Amara Obi', emails: ['amara@mail.example'], stage: 'New lead' }],
    rejected: [
      [2, NO_LINK],
      [3, 'The column "Links" has a value that is not a link: enter it in full, starting with https:// or http:// (entry 2).'],
    ],
    ignoredColumns: NOT_READ,
  },
  'somebody in two rows, and somebody without any contact': {
    file: lines(TEMPLATE, '7f01-6,Folake Ade,folake@mail.example,,New lead,,,,,go,,,,,,,,,,,,', '7f01-7,Folake Ade,"folake@mail.example,f.ade@harbor.example",,Reached out,,,,,"go,lead",,,,,,,,,,,,', '7f01-8,Wale Ade,,,New lead,,,,,,,,,,,,,,,,,'),
    people: [{ name: 'Folake Ade', emails: ['folake@mail.example', 'f.ade@harbor.example'], tags: ['go', 'lead'], stage: 'Reached out' }],
    updated: 1,
    rejected: [[4, INCOMPLETE]],
    ignoredColumns: NOT_READ,
  },
  'the columns that must be there, with semicolons between the lists': {
    file: lines('Full Name,Email,Stage,Tags,Links,Lever Posting URL', 'Ngozi Bello,ngozi@mail.example; n.bello@harbor.example,New lead,embedded; c++,https://gitlab.com/ngozi-b-test; www.ngozi.example,'),
    people: [{ name: 'Ngozi Bello', emails: ['ngozi@mail.example', 'n.bello@harbor.example'], links: ['https://gitlab.com/ngozi-b-test', 'https://www.ngozi.example'], tags: ['embedded', 'c++'], stage: 'New lead' }],
    ignoredColumns: ['Lever Posting URL'],
  },
} // prettier-ignore
