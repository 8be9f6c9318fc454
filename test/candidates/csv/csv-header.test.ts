import { expect } from 'chai'
import { openCsv } from '../../../src/candidates/csv/csv-candidates.ts'

async function* pieces(file: string) {
  yield Buffer.from(file)
}

async function firstOf(file: string): Promise<unknown> {
  for await (const row of (await openCsv(pieces(file))).rows) return 'input' in row ? row.input : row.fault
  return null
}

async function fieldsOf(header: string): Promise<(string | null)[]> {
  const { header: read, close } = await openCsv(pieces(`${header}\n`))
  await close()
  return read.columns.map((column) => column?.field ?? null)
}

describe('headers of CSV files', () => {
  it('reads columns in the languages in which products export', async () => {
    for (const [header, fields] of [
      [
        'Nombre;Apellidos;Dirección de correo electrónico;Teléfono del trabajo;Organización;Puesto;Ciudad',
        'firstName lastName emails phones company position city',
      ],
      ['Nombre;Correo;Móvil', 'name emails phones'],
      ['Título;Nombre;Segundo nombre;Apellidos;Puesto', '- firstName middleName lastName position'],
      [
        'Vorname;Nachname;E-Mail-Adresse;E-Mail 2: Adresse;Mobiltelefon;Firma;Position;Land',
        'firstName lastName emails emails phones company position country',
      ],
      [
        'Prénom;Nom;Adresse de messagerie;Téléphone mobile;Société;Fonction;Ville',
        'firstName lastName emails phones company position city',
      ],
      ['Nom;Courriel;Téléphone', 'name emails phones'],
      ['Titre;Prénom;Nom;Titre1', '- firstName lastName position'],
      ['Vorname;Nachname;Primäre E-Mail-Adresse;Tel. privat;Mobil-Tel.-Nr.;Privat: Ort', 'firstName lastName emails phones phones city'],
      ['Prénom;Nom de famille;Première adresse électronique;Tél. professionnel', 'firstName lastName emails phones'],
      ['Name;E-Mail;Ort;Land', 'name emails city country'],
      ['Nome;Sobrenome;Endereço de e-mail;Telemóvel;Empresa;Cargo;Cidade', 'firstName lastName emails phones company position city'],
      ['Nome;Correio eletrônico;Telefone celular', 'name emails phones'],
    ] as const)
      // prettier-ignore
      expect((await fieldsOf(header)).map((field) => field ?? '-').join(' '), header).to.equal(fields)
  })

  it('recognizes the other email columns, and links by their name', async () => {
    for (const email of [
      'Alternate Email',
      'Contact Email',
      'Best E-mail',
      'Verified Email',
      'Email ID',
      'Secondary Email',
      'Email 2',
      'Recommended Work Email',
      'Starred email',
    ])
      expect(await fieldsOf(`Name,${email}`), email).to.deep.equal(['name', 'emails'])
    expect(await fieldsOf('Name,Email Status,Email Confidence,Email Display Name')).to.deep.equal(['name', null, null, null])
    expect(await firstOf('Name,GitHub,Portfolio\nRolf Aune,github.com/rolf-aune,rolf.example/work\n')).to.deep.equal({
      name: 'Rolf Aune',
      links: ['https://rolf.example/work', 'https://github.com/rolf-aune'],
    })
  })

  it("reads the person's page and direct number, not those of the company", async () => {
    const person = await firstOf(
      'First Name,Last Name,Corporate Phone,Work Direct Phone,Company Main Phone,Person Linkedin Url,Website,Company Linkedin Url,Twitter Url\n' +
        'Ebba,Strand,+46 8 123 456,+46 8 123 457,+46 8 123 458,linkedin.com/in/ebba-strand-t,https://holm.example,linkedin.com/company/holm,https://twitter.com/holm\n',
    )

    expect(person).to.deep.equal({
      name: 'Ebba Strand',
      phones: [{ type: 'work', value: '+468123457' }],
      links: ['https://linkedin.com/in/ebba-strand-t'],
    })
  })

  it('reads column names that span several lines', async () => {
    const file = '"Full\nName","E-mail\r\nAddress",Headline\nIda Moe,ida@moe.example,Nurse\n'

    expect(await firstOf(file)).to.deep.equal({ name: 'Ida Moe', emails: ['ida@moe.example'], headline: 'Nurse' })
  })

  it('reads a multiline name in any position, and none in a preamble', async () => {
    for (const file of [
      'Name,"E-mail\nAddress"\nIda Moe,ida@moe.example\n',
      'Name;Email;"Shoe\n\nsize, EU"\nIda Moe;ida@moe.example;38\n',
      'Mood\t"Full\nName"\tEmail\nfine\tIda Moe\tida@moe.example\n',
      'Notes:\n"Some addresses are missing.\n\nFirst Name,Last Name,Email\nIda,Moe,ida@moe.example\n',
    ])
      expect(await firstOf(file), file).to.deep.equal({ name: 'Ida Moe', emails: ['ida@moe.example'] })
  })

  it('keeps a quotation mark inside a column name', async () => {
    expect(await firstOf('Name,Screen 5",Email\nIda Moe,x,ida@moe.example\n')).to.deep.equal({
      name: 'Ida Moe',
      emails: ['ida@moe.example'],
    })
  })

  it('skips a `sep=` line with any separator', async () => {
    for (const separator of ['\t', ';', ','])
      for (const quote of ['', '"'])
        expect(
          await firstOf(`${quote}sep=${separator}${quote}\nName${separator}Email\nIda Moe${separator}ida@moe.example\n`),
        ).to.deep.equal({
          name: 'Ida Moe',
          emails: ['ida@moe.example'],
        })
  })

  it("splits the lists in Lever's import template at commas", async () => {
    const file =
      'Lever Profile ID,Full Name,Email,Tags,Links\np-1,Ida Moe,"ida@moe.example,ida@b.example","sql,night shift","moe.example/a, https://moe.example/b"\n'

    expect(await firstOf(file)).to.deep.equal({
      name: 'Ida Moe',
      emails: ['ida@moe.example', 'ida@b.example'],
      tags: ['sql', 'night shift'],
      links: ['https://moe.example/a', 'https://moe.example/b'],
    })
  })
})
