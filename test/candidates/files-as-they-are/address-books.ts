import { INCOMPLETE, lines, type SampleFiles } from './sample-file.ts'

export const ADDRESS_BOOKS: SampleFiles = {
  Thunderbird: {
    file: lines(
      'First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,Work Phone,Home Phone,Fax Number,Pager Number,Mobile Number,Home City,Home State,Home Country,Job Title,Organization,Web Page 1,Web Page 2,Notes,',
      'Isaura,Belmonte,Isaura Belmonte,isa,isaura@mail.example,isaura@taller.example,,+34 915 550 201,,+34 915 550 202,,+34 600 555 201,Toledo,,Spain,Ceramist,Taller Belmonte,https://isaura.example,,met at the fair,',
    ),
    people: [{ name: 'Isaura Belmonte', headline: 'Ceramist at Taller Belmonte', location: 'Toledo, Spain', emails: ['isaura@mail.example', 'isaura@taller.example'], phones: ['work +34915550201', 'mobile +34600555201'], links: ['https://isaura.example'] }],
    ignoredColumns: ['Nickname', 'Screen Name', 'Fax Number', 'Pager Number', 'Notes'],
  },
  'Google Contacts': {
    file: lines(
      'First Name,Middle Name,Last Name,Nickname,Organization Name,Organization Title,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Website 1 - Label,Website 1 - Value',
      'Leocadia,Inés,Prado,,Imprenta Prado,Editor,* myContacts ::: Press,* Home,leocadia@mail.example ::: l.prado@mail.example,Work,leocadia@imprenta.example,Mobile,+34 600 555 202,Work,+34 915 550 203,Homepage,https://prado.example/leocadia',
    ),
    people: [{ name: 'Leocadia Inés Prado', headline: 'Editor at Imprenta Prado', emails: ['leocadia@mail.example', 'l.prado@mail.example', 'leocadia@imprenta.example'], phones: ['mobile +34600555202', 'work +34915550203'], links: ['https://prado.example/leocadia'], tags: ['Press'] }],
    ignoredColumns: ['Nickname', 'E-mail 1 - Label', 'E-mail 2 - Label', 'Website 1 - Label'],
  },
  Outlook: {
    file: lines(
      'Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Phone,Business Fax,Company Main Phone,Home Phone,Mobile Phone,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,E-mail 3 Address,Web Page,Home City,Home Country/Region',
      'Dr,Walburga,,Heidrich,PhD,Isarwerke GmbH,Research,Physicist,+49 89 1234501,,+49 89 1234500,,+49 1511 2345681,walburga@isarwerke.example,SMTP,Walburga Heidrich (walburga@isarwerke.example),w.heidrich@mail.example,,https://isarwerke.example,Munich,Germany',
      'Mr,Korbinian,,Heidrich,,Isarwerke GmbH,Research,Chemist,+49 89 1234502,,+49 89 1234500,,,korbinian@isarwerke.example,SMTP,Korbinian Heidrich (korbinian@isarwerke.example),,,https://isarwerke.example,,',
    ),
    people: [
      { name: 'Walburga Heidrich', headline: 'Physicist at Isarwerke GmbH', location: 'Munich, Germany', emails: ['walburga@isarwerke.example', 'w.heidrich@mail.example'], phones: ['work +49891234501', 'mobile +4915112345681'], links: ['https://isarwerke.example'] },
      { name: 'Korbinian Heidrich', headline: 'Chemist at Isarwerke GmbH', emails: ['korbinian@isarwerke.example'], phones: ['work +49891234502'], links: ['https://isarwerke.example'] },
    ],
    ignoredColumns: ['Title', 'Suffix', 'Department', 'Business Fax', 'Company Main Phone', 'E-mail Type', 'E-mail Display Name'],
  },
  'Thunderbird, in German': {
    file: lines(
      'Vorname,Nachname,Anzeigename,Spitzname,Primäre E-Mail-Adresse,Sekundäre E-Mail-Adresse,Messenger-Name,Tel. dienstlich,Tel. privat,Fax-Nummer,Pager-Nummer,Mobil-Tel.-Nr.,Privat: Adresse,Privat: Ort,Privat: Bundesland,Privat: PLZ,Privat: Land,Dienstlich: Ort,Arbeitstitel,Abteilung,Organisation,Webseite 1,Webseite 2,Geburtsjahr,Notizen,',
      'Notburga,Saliger,Notburga Saliger,burgl,notburga@mail.example,saliger@innsteg.example,,08031 123461,08031 123462,08031 123463,,0151 12345683,Gasse 2,Rosenheim,Bayern,83022,Deutschland,Wasserburg,Bauzeichnerin,Entwurf,Innsteg AG,https://saliger.example,,1980,,',
    ),
    people: [{ name: 'Notburga Saliger', headline: 'Bauzeichnerin at Innsteg AG', location: 'Rosenheim, Bayern, Deutschland', emails: ['notburga@mail.example', 'saliger@innsteg.example'], phones: ['work +498031123461', 'home +498031123462', 'mobile +4915112345683'], links: ['https://saliger.example'] }],
    ignoredColumns: ['Spitzname', 'Messenger-Name', 'Fax-Nummer', 'Pager-Nummer', 'Privat: Adresse', 'Privat: PLZ', 'Dienstlich: Ort', 'Abteilung', 'Geburtsjahr', 'Notizen'],
  },
  'Thunderbird, in French': {
    file: lines(
      'Prénom,Nom de famille,Nom à afficher,Surnom,Première adresse électronique,Deuxième adresse électronique,Tél. professionnel,Tél. personnel,Portable,Ville,Pays/État,Profession,Société,Page Web 1',
      'Sidonie,Marchal,Sidonie Marchal,sid,sidonie@mail.example,s.marchal@filatures.example,+33 1 99 00 01 32,+33 1 99 00 01 33,+33 6 12 34 56 32,Roubaix,France,Fileuse,Filatures du Nord,https://sidonie.example',
    ),
    people: [{ name: 'Sidonie Marchal', headline: 'Fileuse at Filatures du Nord', location: 'Roubaix, France', emails: ['sidonie@mail.example', 's.marchal@filatures.example'], phones: ['work +33199000132', 'home +33199000133', 'mobile +33612345632'], links: ['https://sidonie.example'] }],
    ignoredColumns: ['Surnom'],
  },
  'Outlook, in French': {
    file: lines(
      'Titre;Prénom;Deuxième prénom;Nom;Suffixe;Société;Service;Titre1;Ville (bureau);Téléphone société;Téléphone (bureau);Téléphone (domicile);Tél. mobile;Téléphone (autre);Adresse de messagerie;Type de messagerie;Adresse de messagerie 2;Page Web',
      'Mme;Honorine;;Delattre;;Filatures du Nord;Atelier;Tisserande;Lille;+33 1 99 00 01 00;+33 1 99 00 01 34;;+33 6 12 34 56 33;;honorine@filatures.example;SMTP;honorine@mail.example;https://filatures.example',
    ),
    people: [{ name: 'Honorine Delattre', headline: 'Tisserande at Filatures du Nord', emails: ['honorine@filatures.example', 'honorine@mail.example'], phones: ['work +33199000134', 'mobile +33612345633'], links: ['https://filatures.example'] }],
    ignoredColumns: ['Titre', 'Suffixe', 'Service', 'Ville (bureau)', 'Téléphone société', 'Type de messagerie'],
  },
  'addresses in columns of other names': {
    file: lines('Contact Name,Email ID,Alternate Email,Additional Email,Private Email,GitHub,Portfolio', 'Evaristo Roldán,evaristo@mail.example,e.roldan@mail.example,,er@taller.example,https://github.com/evaristo-r-test,evaristo.example/obra'),
    people: [{ name: 'Evaristo Roldán', emails: ['evaristo@mail.example', 'e.roldan@mail.example', 'er@taller.example'], links: ['https://evaristo.example/obra', 'https://github.com/evaristo-r-test'] }],
  },
  'one name in both parts, and parts that repeat': {
    file: lines('Given Name,Additional Name,Family Name,E-mail 1 - Value', 'Santos,,Santos,santos@mail.example', 'José María,José,José María,jmj@mail.example', 'Cher,,,cher@mail.example'),
    people: [
      { name: 'Santos Santos', emails: ['santos@mail.example'] },
      { name: 'José María José José María', emails: ['jmj@mail.example'] },
      { name: 'Cher', emails: ['cher@mail.example'] },
    ],
  },
  'people of whom there is a phone number alone': {
    file: lines('Display Name,Primary Email,Mobile Number', 'Remedios Vidal,,+34 600 555 204', 'Hilario Vidal,hilario@mail.example,+34 600 555 205'),
    people: [{ name: 'Hilario Vidal', emails: ['hilario@mail.example'], phones: ['mobile +34600555205'] }],
    rejected: [[2, INCOMPLETE]],
  },
} // prettier-ignore

const noAddress = (column: string): string =>
  `The cell in the column "${column}" says that there is no email address: leave the cell empty.`

export const NAMES_WITH_ADDRESSES: SampleFiles = {
  'as mail programs write them': {
    file: lines('Name,Email', 'Aurelie Basset,"""Aurelie Basset"" <aurelie@mail.example>"', 'Ronan Basset,Ronan Basset <ronan@mail.example>', 'Maiwenn Basset,<maiwenn@mail.example>', 'Yann Basset,"""Basset, Yann"" <yann@mail.example>"'),
    people: [
      { name: 'Aurelie Basset', emails: ['aurelie@mail.example'] },
      { name: 'Ronan Basset', emails: ['ronan@mail.example'] },
      { name: 'Maiwenn Basset', emails: ['maiwenn@mail.example'] },
      { name: 'Yann Basset', emails: ['yann@mail.example'] },
    ],
  },
  'as web pages link them': {
    file: lines('Name,Email', 'Nolwenn Riou,mailto:nolwenn@mail.example', 'Erwan Riou,MAILTO:erwan@mail.example?subject=Your%20page', 'Gaelle Riou,<mailto:gaelle@mail.example>'),
    people: [
      { name: 'Nolwenn Riou', emails: ['nolwenn@mail.example'] },
      { name: 'Erwan Riou', emails: ['erwan@mail.example'] },
      { name: 'Gaelle Riou', emails: ['gaelle@mail.example'] },
    ],
  },
  'at the end of a sentence': {
    file: lines('Name,Email', 'Perrine Caro,perrine@mail.example.', 'Loic Caro,Loic@MAIL.EXAMPLE', 'Loic Caro,loic@mail.example.'),
    people: [
      { name: 'Perrine Caro', emails: ['perrine@mail.example'] },
      { name: 'Loic Caro', emails: ['loic@mail.example'] },
    ],
    updated: 1,
  },
  'several in one cell': {
    file: lines(
      'Name,Emails',
      'Soizic Huet,"Soizic Huet <soizic@mail.example>; ""Huet, Soizic"" <s.huet@quai.example>"',
      'Gwenael Huet,"gwenael@mail.example, g.huet@quai.example"',
      'Tifenn Huet,tifenn@mail.example (Work) | t.huet@quai.example (Home)',
      'Alan Huet,"alan@mail.example',
      'a.huet@quai.example"',
    ),
    people: [
      { name: 'Soizic Huet', emails: ['soizic@mail.example', 's.huet@quai.example'] },
      { name: 'Gwenael Huet', emails: ['gwenael@mail.example', 'g.huet@quai.example'] },
      { name: 'Tifenn Huet', emails: ['tifenn@mail.example', 't.huet@quai.example'] },
      { name: 'Alan Huet', emails: ['alan@mail.example', 'a.huet@quai.example'] },
    ],
  },
  'in the quotation marks of Outlook': {
    file: lines('Name,E-mail,Phone,LinkedIn', "Gaud Morvan,'gaud@mail.example',N/A,-", "Jakez Morvan,'jakez@mail.example' <jakez@mail.example>,+33 6 12 34 56 35,", "Maeve O'Hara,maeve.o'hara@mail.example,,"),
    people: [
      { name: 'Gaud Morvan', emails: ['gaud@mail.example'] },
      { name: 'Jakez Morvan', emails: ['jakez@mail.example'], phones: ['+33612345635'] },
      { name: "Maeve O'Hara", emails: ["maeve.o'hara@mail.example"] },
    ],
    warnings: [
      [2, 'The column "Phone" has a word for "none" instead of a phone number. It is not imported.'],
      [2, 'The column "LinkedIn" has a word for "none" instead of a link. It is not imported.'],
    ],
  },
  'words for no address': {
    file: lines('Name,E-mail Address,LinkedIn', 'Brieuc Le Gall,N/A,https://www.linkedin.com/in/brieuc-le-gall-w1', 'Enora Le Gall,-,https://www.linkedin.com/in/enora-le-gall-w2', 'Malo Le Gall,unknown,', 'Azilis Le Gall,,https://www.linkedin.com/in/azilis-le-gall-w3', 'Tugdual Le Gall,ask him,'),
    people: [{ name: 'Azilis Le Gall', links: ['https://www.linkedin.com/in/azilis-le-gall-w3'] }],
    rejected: [
      [2, noAddress('E-mail Address')],
      [3, noAddress('E-mail Address')],
      [4, noAddress('E-mail Address')],
      [6, 'The column "E-mail Address" has a value that is not an email address.'],
    ],
  },
} // prettier-ignore

export const LANGUAGES: SampleFiles = {
  Spanish: {
    file: lines('Nombre;Apellidos;Correo electrónico;Teléfono móvil;Empresa;Puesto;Ubicación;Etiquetas', 'Itziar;Olabarria;itziar@mail.example;600 555 301;Talleres Nerva;Ingeniera de procesos;Vitoria, España;fábrica; '),
    people: [{ name: 'Itziar Olabarria', headline: 'Ingeniera de procesos at Talleres Nerva', location: 'Vitoria, España', emails: ['itziar@mail.example'], phones: ['mobile +34600555301'], tags: ['fábrica'] }],
  },
  'Spanish, from Outlook': {
    file: lines(
      'Título;Nombre;Segundo nombre;Apellidos;Organización;Puesto;Ciudad particular;País o región particular;Teléfono del trabajo;Teléfono móvil;Dirección de correo electrónico;Dirección de correo electrónico 2;Página Web',
      'Sr.;Ander;Jon;Etxandi;Astilleros Nerva;Calderero;Getxo;España;+34 944 000 301;+34 600 555 302;ander@nerva.example;ander@mail.example;https://ander.example',
    ),
    people: [{ name: 'Ander Jon Etxandi', headline: 'Calderero at Astilleros Nerva', location: 'Getxo, España', emails: ['ander@nerva.example', 'ander@mail.example'], phones: ['work +34944000301', 'mobile +34600555302'], links: ['https://ander.example'] }],
    ignoredColumns: ['Título'],
  },
  'Spanish, from Outlook, with its other words': {
    file: lines(
      'Nombre;Apellidos;Organización;Teléfono del trabajo;Particular;Móvil;Número de centralita de la organización;Dirección de correo electrónico;Dirección del correo electrónico 2;País o región del domicilio',
      'Nagore;Amezaga;Astilleros Nerva;944 000 303;944 000 304;600 555 304;944 000 300;nagore@nerva.example;nagore@mail.example;España',
    ),
    people: [{ name: 'Nagore Amezaga', headline: 'Astilleros Nerva', location: 'España', emails: ['nagore@nerva.example', 'nagore@mail.example'], phones: ['work +34944000303', 'home +34944000304', 'mobile +34600555304'] }],
    ignoredColumns: ['Número de centralita de la organización'],
  },
  German: {
    file: lines('Anrede;Vorname;Nachname;Firma;Position;E-Mail-Adresse;Telefon geschäftlich;Mobiltelefon;Ort privat;Land/Region privat;Webseite', 'Frau;Friederike;Obermoser;Innsteg AG;Statikerin;friederike@innsteg.example;+49 8031 123451;+49 1511 2345682;Rosenheim;Deutschland;https://obermoser.example'),
    people: [{ name: 'Friederike Obermoser', headline: 'Statikerin at Innsteg AG', location: 'Rosenheim, Deutschland', emails: ['friederike@innsteg.example'], phones: ['work +498031123451', 'mobile +4915112345682'], links: ['https://obermoser.example'] }],
    ignoredColumns: ['Anrede'],
  },
  French: {
    file: lines('Prénom;Nom;Société;Fonction;Adresse e-mail;Tél. mobile;Téléphone professionnel;Ville;Pays;Profil LinkedIn', 'Apolline;Carpentier;Filatures du Nord;Teinturière;apolline@filatures.example;06 12 34 56 31;01 99 00 01 31;Roubaix;France;linkedin.com/in/apolline-carpentier-w4'),
    people: [{ name: 'Apolline Carpentier', headline: 'Teinturière at Filatures du Nord', location: 'Roubaix, France', emails: ['apolline@filatures.example'], phones: ['mobile +33612345631', 'work +33199000131'], links: ['https://linkedin.com/in/apolline-carpentier-w4'] }],
  },
  'Portuguese, of Brazil': {
    file: lines('Nome;Sobrenome;Empresa;Cargo;E-mail profissional;E-mail pessoal;Telefone celular;Cidade;País;Perfil do LinkedIn', 'Jussara;Teixeira;Olaria Boa Vista;Engenheira de materiais;jussara@olaria.example;jussara@mail.example;(11) 96123-4561;Campinas;Brasil;https://br.linkedin.com/in/jussara-teixeira-w5'),
    people: [{ name: 'Jussara Teixeira', headline: 'Engenheira de materiais at Olaria Boa Vista', location: 'Campinas, Brasil', emails: ['jussara@olaria.example', 'jussara@mail.example'], phones: ['mobile +5511961234561'], links: ['https://br.linkedin.com/in/jussara-teixeira-w5'] }],
  },
  'Portuguese, of Portugal': {
    file: lines('Nome próprio,Apelido,Função,Companhia,Correio eletrónico,Telemóvel,Localidade,Página da Web,Observações', 'Benedita,Falcão,Enóloga,Quinta do Falcão,benedita@quinta.example,+351 912 345 672,Lamego,https://quinta.example,"gosta de vinho, claro"'),
    people: [{ name: 'Benedita Falcão', headline: 'Enóloga at Quinta do Falcão', location: 'Lamego', emails: ['benedita@quinta.example'], phones: ['mobile +351912345672'], links: ['https://quinta.example'] }],
    ignoredColumns: ['Observações'],
  },
  'the whole name in one column, in each language': {
    file: lines('Nombre completo,Correo,Nom complet,Vollständiger Name', 'Lander Uriarte,lander@mail.example,,', ',maelle@mail.example,Maëlle Jaouen,', ',ottmar@mail.example,,Ottmar Zeiss'),
    people: [
      { name: 'Lander Uriarte', emails: ['lander@mail.example'] },
      { name: 'Maëlle Jaouen', emails: ['maelle@mail.example'] },
      { name: 'Ottmar Zeiss', emails: ['ottmar@mail.example'] },
    ],
  },
} // prettier-ignore
