import { sheet, textRow, xlsx } from '../xlsx/build-xlsx.ts'
import { INCOMPLETE, lines, type SampleFiles } from './sample-file.ts'

/** Invisible characters go from addresses, links, and phones. Names keep joiners, which scripts and emoji need. */
export const INVISIBLE: SampleFiles = {
  'zero width spaces': {
    file: lines('Name,Email,LinkedIn URL', 'Tadesse Alemu,tadesse@mail.example,https://www.linkedin.com/in/tadesse-alemu-z1', 'Tadesse Alemu,\u200Btade\u200Bsse@mail.example\u200B,https://www.linkedin.com/in/tadesse-alemu-z1\u200B', '\u200BTadesse Alemu,\u2060tadesse@mail.example,'),
    people: [{ name: 'Tadesse Alemu', emails: ['tadesse@mail.example'], links: ['https://www.linkedin.com/in/tadesse-alemu-z1'] }],
    updated: 2,
  },
  'marks of direction around phones': {
    file: lines('Name,Email,Phone', 'Hiwot Bekele,hiwot@mail.example,\u202A+251 91 123 4561\u202C', 'Selam Bekele,selam@mail.example,\u2066+251 91 123 4562\u2069; \u200E+251 91 123 4563'),
    people: [
      { name: 'Hiwot Bekele', emails: ['hiwot@mail.example'], phones: ['+251911234561'] },
      { name: 'Selam Bekele', emails: ['selam@mail.example'], phones: ['+251911234562', '+251911234563'] },
    ],
  },
  'soft hyphens in links': {
    file: lines('Name,Links', 'Dawit Haile,https://www.linkedin.com/in/dawit-\u00ADhaile-z2; https://dawit.example/\u00ADcv', 'Dawit Haile,https://www.linkedin.com/in/dawit-haile-z2'),
    people: [{ name: 'Dawit Haile', links: ['https://www.linkedin.com/in/dawit-haile-z2'] }],
    updated: 1,
  },
  'byte order marks in cells and names of columns': {
    file: lines('\uFEFF\uFEFFName,\uFEFFEmail', '\uFEFFMeron Tesfaye,\uFEFFmeron@mail.example', 'Meron Tesfaye,meron@mail.example\uFEFF'),
    people: [{ name: 'Meron Tesfaye', emails: ['meron@mail.example'] }],
    updated: 1,
  },
  'joiners in names': {
    file: lines('Name,Email', 'علی\u200Cرضا کریمی,alireza@mail.example', '👩\u200D💻 Liya Worku,liya@mail.example', 'क्\u200Dष Rao,ksha@mail.example'),
    people: [
      { name: 'علی\u200Cرضا کریمی', emails: ['alireza@mail.example'] },
      { name: '👩\u200D💻 Liya Worku', emails: ['liya@mail.example'] },
      { name: 'क्\u200Dष Rao', emails: ['ksha@mail.example'] },
    ],
  },
} // prettier-ignore

/** A spreadsheet keeps a text a text by `="…"`. */
export const TEXT_FORMULAS: SampleFiles = {
  'names and phones': {
    file: lines('Name,Email,Phone', '"=""Grainne Foyle""",grainne@mail.example,"=""0034600555401"""', 'Donal Foyle,donal@mail.example,"=""+34 600 555 402"""'),
    people: [
      { name: 'Grainne Foyle', emails: ['grainne@mail.example'], phones: ['+34600555401'] },
      { name: 'Donal Foyle', emails: ['donal@mail.example'], phones: ['+34600555402'] },
    ],
  },
  'addresses and links': {
    file: lines('Name,Email,Link', 'Aoife Foyle,"=""aoife@mail.example""","=""https://www.linkedin.com/in/aoife-foyle-y1"""', 'Aoife Foyle,,https://www.linkedin.com/in/aoife-foyle-y1'),
    people: [{ name: 'Aoife Foyle', emails: ['aoife@mail.example'], links: ['https://www.linkedin.com/in/aoife-foyle-y1'] }],
    updated: 1,
  },
  'ids with leading zeros': {
    file: lines('externalId,Name,Email', '"=""00417""",Cormac Foyle,cormac@mail.example', '"=""417""",Nuala Foyle,nuala@mail.example', '00417,Cormac Foyle,c.foyle@mail.example'),
    people: [
      { externalId: '00417', name: 'Cormac Foyle', emails: ['c.foyle@mail.example'] },
      { externalId: '417', name: 'Nuala Foyle', emails: ['nuala@mail.example'] },
    ],
    updated: 1,
  },
  'without quotation marks around, between tabs': {
    file: lines('Name\tEmail\tPhone\tTags', '="Padraig Foyle"\t="padraig@mail.example"\t="+34600555403"\t="go;c"'),
    people: [{ name: 'Padraig Foyle', emails: ['padraig@mail.example'], phones: ['+34600555403'], tags: ['go', 'c'] }],
  },
  'quotation marks within, and formulas that are none': {
    file: lines('Name;Email;Headline', '"=""Sile """"Si"""" Foyle""";sile@mail.example;"="""""', 'Art Foyle;art@mail.example;=HR and more', "Una Foyle;una@mail.example;'=HR and more"),
    people: [
      { name: 'Sile "Si" Foyle', emails: ['sile@mail.example'] },
      { name: 'Art Foyle', emails: ['art@mail.example'], headline: '=HR and more' },
      { name: 'Una Foyle', emails: ['una@mail.example'], headline: '=HR and more' },
    ],
  },
} // prettier-ignore

const cutPhone = (column: string): string =>
  `The column "${column}" has a phone number that a spreadsheet cut to its first digits. The number is not imported: format the column as text, and export the file again.`
const cutId = (column: string): string =>
  `The column "${column}" has an id that a spreadsheet cut to its first digits. The row is imported without an id: format the column as text, and export the file again.`

export const CUT_NUMBERS: SampleFiles = {
  'a fraction of zero': {
    file: lines('Name,Email,Phone,Country', 'Efua Boateng,efua@mail.example,34600555501.0,Spain', 'Yaw Boateng,yaw@mail.example,600555502.0,Spain'),
    people: [
      { name: 'Efua Boateng', emails: ['efua@mail.example'], phones: ['+34600555501'], location: 'Spain' },
      { name: 'Yaw Boateng', emails: ['yaw@mail.example'], phones: ['+34600555502'], location: 'Spain' },
    ],
  },
  'all digits, however they are written': {
    file: lines('Name;Email;Phone;Country', 'Abla Asante;abla@mail.example;3,4600555504E10;Spain', 'Kweku Asante;kweku@mail.example;34600555505,0;Spain', 'Afua Asante;afua@mail.example;+34600555506.00;Spain'),
    people: [
      { name: 'Abla Asante', emails: ['abla@mail.example'], phones: ['+34600555504'], location: 'Spain' },
      { name: 'Kweku Asante', emails: ['kweku@mail.example'], phones: ['+34600555505'], location: 'Spain' },
      { name: 'Afua Asante', emails: ['afua@mail.example'], phones: ['+34600555506'], location: 'Spain' },
    ],
  },
  'the first digits alone': {
    file: lines('Name,Email,Phone', 'Adjoa Mensah,adjoa@mail.example,3.46009E+11', 'Kojo Mensah,kojo@mail.example,3.4E+10', 'Esi Mensah,esi@mail.example,+34 600 555 503'),
    people: [
      { name: 'Adjoa Mensah', emails: ['adjoa@mail.example'] },
      { name: 'Kojo Mensah', emails: ['kojo@mail.example'] },
      { name: 'Esi Mensah', emails: ['esi@mail.example'], phones: ['+34600555503'] },
    ],
    warnings: [
      [2, cutPhone('Phone')],
      [3, cutPhone('Phone')],
    ],
  },
  'with a comma for the point': {
    file: lines('Nombre;Correo;Teléfono móvil;Teléfono del trabajo', 'Akosua Owusu;akosua@mail.example;3,46009E+11;+34 915 550 501'),
    people: [{ name: 'Akosua Owusu', emails: ['akosua@mail.example'], phones: ['work +34915550501'] }],
    warnings: [[2, cutPhone('Teléfono móvil')]],
  },
  'one of several numbers': {
    file: lines('Name,Email,Mobile,Home phone', 'Kwesi Appiah,kwesi@mail.example,4.47701E+11,+44 20 7946 0501'),
    people: [{ name: 'Kwesi Appiah', emails: ['kwesi@mail.example'], phones: ['home +442079460501'] }],
    warnings: [[2, cutPhone('Mobile')]],
  },
  'ids, which several people then share': {
    file: lines('externalId,Name,Email', '1.23457E+17,Ama Darko,ama@mail.example', '1.23457E+17,Fiifi Darko,fiifi@mail.example', '123456789012345678,Araba Darko,araba@mail.example'),
    people: [
      { name: 'Ama Darko', emails: ['ama@mail.example'] },
      { name: 'Fiifi Darko', emails: ['fiifi@mail.example'] },
      { externalId: '123456789012345678', name: 'Araba Darko', emails: ['araba@mail.example'] },
    ],
    warnings: [
      [2, cutId('externalId')],
      [3, cutId('externalId')],
    ],
  },
} // prettier-ignore

export const LINE_BREAKS: SampleFiles = {
  'in every name': {
    file: lines('"Full', 'Name","E-mail', 'Address","Mobile', 'Phone"', 'Sigrun Thorn,sigrun@mail.example,+354 611 2301'),
    people: [{ name: 'Sigrun Thorn', emails: ['sigrun@mail.example'], phones: ['mobile +3546112301'] }],
  },
  'with the line ends of Windows': {
    file: '"First\r\nName","Last\r\nName","Email"\r\nOrri,Thorn,orri@mail.example\r\n',
    people: [{ name: 'Orri Thorn', emails: ['orri@mail.example'] }],
  },
  'in a name that nothing is read from': {
    file: lines('Name;Email;"Shoe', 'size"', 'Hekla Thorn;hekla@mail.example;38'),
    people: [{ name: 'Hekla Thorn', emails: ['hekla@mail.example'] }],
    ignoredColumns: ['Shoe size'],
  },
  'and rows whose lines are counted behind it': {
    file: lines('"Name', '(as in the passport)",Name,"E-mail', '', 'Address"', ',Katla Thorn,katla@mail.example', ',Nobody Thorn,'),
    people: [{ name: 'Katla Thorn', emails: ['katla@mail.example'] }],
    rejected: [[6, INCOMPLETE]],
    ignoredColumns: ['Name (as in the passport)'],
  },
  'in a header with a quotation mark and tabs': {
    file: lines('"First', '""given"" name"\tName\t"E-', 'mail"', '\tFreyr Thorn\tfreyr@mail.example'),
    people: [{ name: 'Freyr Thorn', emails: ['freyr@mail.example'] }],
    ignoredColumns: ['First "given" name'],
  },
} // prettier-ignore

const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
const UNREADABLE = 'The row has unreadable characters: save the file as "CSV UTF-8".'

export const SEPARATORS: SampleFiles = {
  'sep= with a tab': {
    file: lines('sep=\t', 'Name\tEmail\tTags', 'Żaneta Wróbel\tzaneta@mail.example\t"a;b"'),
    people: [{ name: 'Żaneta Wróbel', emails: ['zaneta@mail.example'], tags: ['a', 'b'] }],
  },
  'sep= with a tab, in UTF-16': {
    file: Buffer.from(`\uFEFF${lines('sep=\t', 'Name\tEmail', 'Ścibor Wróbel\tscibor@mail.example')}`, 'utf16le'),
    people: [{ name: 'Ścibor Wróbel', emails: ['scibor@mail.example'] }],
  },
  'sep= with a semicolon, quoted and with separators behind': {
    file: '\uFEFF"sep=;";;\r\nName;Email;Headline\r\nBożena Wróbel;bozena@mail.example;"Cook, baker; ""chef"""\r\n',
    people: [{ name: 'Bożena Wróbel', emails: ['bozena@mail.example'], headline: 'Cook, baker; "chef"' }],
  },
  'UTF-16 without a mark, the other way round with one': {
    file: bigEndian(`\uFEFF${lines('Name,Email', 'Źdźbło Wróbel,zdzblo@mail.example')}`),
    people: [{ name: 'Źdźbło Wróbel', emails: ['zdzblo@mail.example'] }],
  },
  'UTF-16 without a mark': {
    file: Buffer.from(lines('Name;Email', 'Łukasz Wróbel;lukasz@mail.example'), 'utf16le'),
    people: [{ name: 'Łukasz Wróbel', emails: ['lukasz@mail.example'] }],
  },
  'windows-1252, with the line ends of old Macs': {
    file: Buffer.from('Prénom;Nom;Courriel\rLoïc;Éléonore;loic@mail.example\rZoé;Bézier;zoe@mail.example\r', 'latin1'),
    people: [
      { name: 'Loïc Éléonore', emails: ['loic@mail.example'] },
      { name: 'Zoé Bézier', emails: ['zoe@mail.example'] },
    ],
  },
  'one row in another encoding': {
    file: Buffer.concat([Buffer.from('Name,Email\nMiłosz Wróbel,milosz@mail.example\nJos'), Buffer.from([0xe9]), Buffer.from(' Wróbel,jose@mail.example\nHanna Wróbel,hanna@mail.example\n')]),
    people: [
      { name: 'Miłosz Wróbel', emails: ['milosz@mail.example'] },
      { name: 'Hanna Wróbel', emails: ['hanna@mail.example'] },
    ],
    rejected: [[3, UNREADABLE]],
  },
} // prettier-ignore

const STYLES = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
const cell = (attributes: string, content: string): string => `<c ${attributes}>${content}</c>`
const text = (content: string): string => cell('t="inlineStr"', `<is><t>${content}</t></is>`)
const formula = (of: string, last = ''): string => cell('t="str"', `<f>${of}</f>${last}`)
const noValue = (column: string): string =>
  `The column "${column}" has a formula without a calculated value. The value is not imported: open the file in a spreadsheet program, save it, and import it again.`

export const WORKBOOKS: SampleFiles = {
  'numbers, dates, and shared texts': {
    file: xlsx({
      rows: `${textRow(1, 'Name', 'Email', 'Phone', 'Country', 'Stage', 'Hired')}<row r="2">${cell('t="s"', '<v>0</v>')}${text('ruta@mail.example')}${cell('', '<v>3.4600555601E10</v>')}${cell('t="s"', '<v>1</v>')}${cell('s="1"', '<v>46082</v>')}${cell('s="1"', '<v>46083</v>')}</row>`,
      strings: '<si><t>Rūta Kalniņa</t></si><si><r><t>Spa</t></r><r><t>in</t></r></si>',
      styles: STYLES,
    }),
    people: [{ name: 'Rūta Kalniņa', location: 'Spain', emails: ['ruta@mail.example'], phones: ['+34600555601'], stage: '2026-03-01' }],
    ignoredColumns: ['Hired'],
  },
  'a hidden sheet before the first that is seen, and rows that are empty': {
    file: xlsx({
      rows: textRow(1, 'Secret'),
      sheets: '<sheet name="Hidden" state="hidden" r:id="rId1"/><sheet name="People" r:id="rId4"/>',
      more: { 'xl/worksheets/sheet2.xml': sheet(`${textRow(3, 'Full Name', 'E-mail', 'LinkedIn')}${textRow(5, 'Juris Ozols', 'juris@mail.example', 'linkedin.com/in/juris-ozols-u1')}${textRow(9, 'Dace Ozola', '', '')}`) },
    }),
    people: [{ name: 'Juris Ozols', emails: ['juris@mail.example'], links: ['https://linkedin.com/in/juris-ozols-u1'] }],
    rejected: [[9, INCOMPLETE]],
  },
  'formulas with the value that they had last': {
    file: xlsx({
      rows: `${textRow(1, 'First Name', 'Last Name', 'Name', 'Email')}<row r="2">${text('Ilze')}${text('Krūmiņa')}${formula('A2&amp;" "&amp;B2', '<v>Ilze Krūmiņa</v>')}${formula('LOWER(A2)&amp;"@mail.example"', '<v>ilze@mail.example</v>')}</row>`,
    }),
    people: [{ name: 'Ilze Krūmiņa', emails: ['ilze@mail.example'] }],
  },
  'formulas without a value, as programs write them': {
    file: xlsx({
      rows: `${textRow(1, 'Name', 'Email', 'Headline', 'Note')}<row r="2">${text('Andris Liepa')}${text('andris@mail.example')}${formula('VLOOKUP(A2,B:C,2)')}${formula('NOW()')}</row><row r="3">${text('Baiba Liepa')}${cell('', '<f>A3&amp;"@mail.example"</f>')}</row>`,
    }),
    people: [{ name: 'Andris Liepa', emails: ['andris@mail.example'] }],
    warnings: [[2, noValue('Headline')]],
    rejected: [[3, `${INCOMPLETE} ${noValue('Email')}`]],
    ignoredColumns: ['Note'],
  },
  'errors, and somebody in two rows': {
    file: xlsx({
      rows: `${textRow(1, 'Name', 'Email', 'Headline', 'Profile link')}<row r="2">${text('Gatis Bērziņš')}${cell('t="e"', '<v>#N/A</v>')}${cell('t="e"', '<f>1/0</f><v>#DIV/0!</v>')}${text('https://www.linkedin.com/in/gatis-berzins-u2')}</row><row r="3">${text('Gatis Bērziņš')}${text('gatis@mail.example')}${text('Welder')}${text('https://lv.linkedin.com/in/Gatis-Berzins-u2')}</row>`,
    }),
    people: [{ name: 'Gatis Bērziņš', headline: 'Welder', emails: ['gatis@mail.example'], links: ['https://lv.linkedin.com/in/Gatis-Berzins-u2'] }],
    updated: 1,
  },
} // prettier-ignore
