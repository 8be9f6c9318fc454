/**
 * The fields that columns can fill. The last ones are parts of a candidate's field, which other products keep in
 * separate columns.
 */
export const CSV_FIELDS = [
  'externalId', 'name', 'headline', 'location', 'emails', 'phones', 'links', 'tags', 'summary', 'project', 'stage', 'profileUrl',
  'firstName', 'middleName', 'lastName', 'position', 'company', 'city', 'region', 'country', 'phoneType', 'socialMedia',
] as const // prettier-ignore
export type CsvField = (typeof CSV_FIELDS)[number]

/**
 * Returns a header in the form in which column names are compared: without case, accents, white space, or
 * punctuation. Empty if it is too long to be a name.
 */
export function plainName(header: string): string {
  if (header.length > LONGEST_NAME) return ''
  return header.normalize('NFKD').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') // prettier-ignore
}
const LONGEST_NAME = 300

const EMAIL_KINDS = [
  '', 'primary', 'secondary', 'tertiary', 'alternate', 'alternative', 'additional', 'contact', 'best', 'verified', 'direct', 'main',
  'personal', 'home', 'private', 'work', 'business', 'professional', 'corporate', 'other', 'candidate', 'person', 'lead',
  'recommended', 'recommended personal', 'recommended work', 'starred', 'all',
] // prettier-ignore
const PHONE_KINDS = [
  '', 'primary', 'secondary', 'main', 'home', 'personal', 'private', 'work', 'business', 'office', 'direct', 'work direct', 'other',
  'candidate', 'contact', 'person', 'lead', 'mobile', 'cell', 'alternate', 'best', 'verified', 'direct dial', 'work mobile', 'personal mobile', 'recommended', 'starred', 'all',
] // prettier-ignore

/**
 * Column names in our own template and in the exports of other products: LinkedIn (connections, Recruiter), Sales
 * Navigator tools (Evaboot), Apollo, ZoomInfo, Lever's import template, Greenhouse, Google Contacts, Outlook, and
 * Thunderbird, in English, Spanish, German, French, and Portuguese. Names of columns that hold lists also match with
 * a number in them ("E-mail 2 Address").
 */
const NAMES: readonly (readonly [CsvField, readonly string[]])[] = [
  ['externalId', ['external id']],
  ['name', ['name', 'full name', 'candidate name', 'display name', 'contact name', 'person name', 'lead name', 'nombre completo', 'nombre y apellidos', 'vollständiger name', 'nom complet', 'nom et prénom', 'nome completo', 'anzeigename', 'nombre para mostrar', 'nom à afficher', 'candidate full name', 'contact full name', 'lead full name', 'applicant name', 'applicant full name']],
  ['firstName', ['first name', 'given name', 'forename', 'candidate first name', 'contact first name', 'lead first name', 'person first name', 'applicant first name', 'nombre de pila', 'primer nombre', 'vorname', 'rufname', 'prénom', 'primeiro nome', 'nome próprio']],
  ['middleName', ['middle name', 'additional name', 'segundo nombre', 'weitere vornamen', 'zweiter vorname', 'deuxième prénom', 'segundo nome', 'nome do meio']],
  ['lastName', ['last name', 'family name', 'surname', 'candidate last name', 'contact last name', 'lead last name', 'person last name', 'applicant last name', 'apellido', 'apellidos', 'primer apellido', 'nachname', 'familienname', 'nom de famille', 'sobrenome', 'apelido', 'apelidos', 'último nome']],
  ['headline', ['headline', 'profile headline', 'linkedin headline']],
  ['position', ['title', 'position', 'current title', 'current position', 'current job', 'current job title', 'job title', 'organization title', 'organization 1 title', 'contact title', 'título', 'puesto', 'cargo', 'puesto de trabajo', 'cargo actual', 'puesto actual', 'titel', 'stelle', 'berufsbezeichnung', 'jobtitel', 'titre', 'fonction', 'poste', 'intitulé du poste', 'cargo atual', 'função', 'profissão', 'arbeitstitel', 'beruf', 'profession', 'profesión', 'titre1']],
  ['company', ['company', 'employer', 'company name', 'employer name', 'account name', 'current company', 'current employer', 'current company name', 'organization', 'organization name', 'organization 1 name', 'empresa', 'compañía', 'organización', 'empresa actual', 'firma', 'unternehmen', 'arbeitgeber', 'organisation', 'société', 'entreprise', 'employeur', 'companhia', 'organização', 'empresa atual']],
  ['location', ['location', 'current location', 'person location', 'contact location', 'candidate location', 'lead location', 'geography', 'ubicación', 'localidad', 'localización', 'standort', 'wohnort', 'localisation', 'lieu', 'localização', 'localidade', 'emplacement']],
  ['city', ['city', 'home city', 'address 1 city', 'person city', 'ciudad', 'ciudad particular', 'stadt', 'ort privat', 'ville', 'ville domicile', 'cidade', 'cidade residencial', 'mailing city', 'ort', 'privat ort', 'ciudad de residencia']],
  ['region', ['state', 'region', 'province', 'home state', 'home region', 'home province', 'address 1 region', 'person state', 'provincia', 'bundesland', 'bundesland/kanton privat', 'région', 'província', 'state/region', 'state/province', 'mailing state/province', 'mailing state', 'privat bundesland', 'dép/région domicile']],
  ['country', ['country', 'country region', 'country code', 'home country', 'home country/region', 'address 1 country', 'person country', 'país', 'país o región', 'país/región', 'país o región particular', 'país o región del domicilio', 'mailing country', 'mailing country/region', 'land', 'land/region', 'land/region privat', 'land privat', 'privat land', 'pays', 'pays/région', 'pays/région domicile', 'pays domicile', 'pays/état', 'país/região', 'país/região residencial']],
  ['emails', [
    ...EMAIL_KINDS.flatMap((kind) => ['email', 'email address', 'emails', 'email addresses', 'email value', 'email id'].map((word) => `${kind} ${word}`)),
    'mail', 'correo', 'correo electrónico', 'dirección de correo electrónico', 'dirección de correo', 'correo personal', 'correo del trabajo', 'correo electrónico personal', 'correo electrónico del trabajo', 'correo corporativo', 'correo secundario', 'correo alternativo', 'correo electrónico dirección', 'correo electrónico secundario', 'correo electrónico alternativo', 'correo electrónico primario', 'correo electrónico principal', 'correo principal', 'correo primario', 'correo profesional', 'correo de trabajo', 'correo electrónico profesional', 'correo electrónico de trabajo', 'correo electrónico corporativo', 'dirección del correo electrónico', 'correo electrónico valor', 'email personal', 'email principal', 'email secundario', 'email profesional', 'email corporativo', 'email adresse', 'mailadresse', 'email privat', 'email geschäftlich', 'primäre email adresse', 'sekundäre email adresse', 'email adresse privat', 'email adresse geschäftlich', 'private email adresse', 'geschäftliche email adresse', 'weitere email adresse', 'email dienstlich', 'email wert', 'adresse de messagerie', 'adresse mail', 'adresse e-mail', 'adresse électronique', 'première adresse électronique', 'deuxième adresse électronique', 'adresse électronique secondaire', 'adresse email principale', 'adresse email secondaire', 'adresse email personnelle', 'adresse email professionnelle', 'courriel', 'adresse courriel', 'courriel professionnel', 'courriel personnel', 'e-mail professionnel', 'e-mail personnel', 'endereço de e-mail', 'correio eletrônico', 'correio eletrónico', 'endereço de correio eletrônico', 'endereço de correio eletrónico', 'e-mail pessoal', 'e-mail profissional', 'e-mail comercial', 'e-mail secundário', 'e-mail principal', 'e-mail alternativo', 'e-mail corporativo', 'endereço de e-mail principal', 'endereço de e-mail secundário', 'correio eletrónico principal', 'correio eletrónico secundário',
  ]],
  ['phones', [
    ...PHONE_KINDS.flatMap((kind) => ['phone', 'phone number', 'phones', 'phone numbers', 'phone value', 'telephone', 'telephone number', 'phone no', 'telephone no'].map((word) => `${kind} ${word}`)),
    'mobile', 'cell', 'mobile number', 'mobile numbers', 'cell number', 'mobile no', 'cell no', 'contact number', 'contact no', 'tel no', 'work mobile', 'direct number', 'direct dial', 'tel', 'teléfono', 'teléfonos', 'teléfono móvil', 'móvil', 'celular', 'teléfono celular', 'número de teléfono', 'número de móvil', 'teléfono del trabajo', 'teléfono trabajo', 'teléfono de trabajo', 'teléfono de la oficina', 'teléfono particular', 'teléfono fijo', 'teléfono personal', 'teléfono directo', 'teléfono de casa', 'teléfono principal', 'otro teléfono', 'particular', 'teléfono valor', 'teléfono profesional', 'teléfono alternativo', 'número de teléfono móvil', 'número de celular', 'telefon', 'telefonnummer', 'handy', 'handynummer', 'mobil', 'mobilnummer', 'mobiltelefon', 'telefon mobil', 'telefon privat', 'telefon geschäftlich', 'weiteres telefon', 'haupttelefon', 'telefon dienstlich', 'tel dienstlich', 'tel privat', 'tel geschäftlich', 'tel mobil', 'mobil tel nr', 'mobilfunktelefon', 'mobilfunknummer', 'handynr', 'telefonnr', 'telefon nr', 'rufnummer', 'durchwahl', 'téléphone', 'téléphone portable', 'portable', 'téléphone mobile', 'tél mobile', 'téléphone professionnel', 'téléphone bureau', 'téléphone domicile', 'tél domicile', 'tél bureau', 'numéro de téléphone', 'autre téléphone', 'téléphone principal', 'téléphone autre', 'tél', 'tél professionnel', 'tél personnel', 'téléphone personnel', 'numéro de portable', 'telefone', 'telemóvel', 'telefone celular', 'telefone móvel', 'telefone comercial', 'telefone residencial', 'telefone pessoal', 'telefone principal', 'número de telefone', 'outro telefone', 'número de telemóvel', 'telefone profissional',
  ]],
  ['phoneType', ['phone type', 'phone label']],
  ['links', [
    'link', 'links', 'url', 'public url', 'profile link', 'web page', 'website', 'personal website', 'personal web page', 'personal url', 'personal site', 'website value', 'website address', 'website addresses', 'homepage', 'home page', 'blog', 'blog url', 'portfolio', 'portfolio url', 'portfolio link', 'portfolio website',
    'linkedin', 'linkedin url', 'linkedin profile', 'linkedin profile url', 'public linkedin url', 'public profile url', 'linkedin public profile url', 'linkedin public url', 'linkedin url public', 'public linkedin profile url', 'linkedin link', 'linkedin profile link', 'linkedin profil', 'profil linkedin', 'perfil linkedin', 'perfil de linkedin', 'perfil do linkedin', 'url de linkedin', 'url linkedin', 'person linkedin url', 'contact linkedin url', 'lead linkedin url', 'candidate linkedin url', 'linkedin contact profile url', 'linkedin member url', 'person linkedin', 'sales navigator url', 'linkedin sales navigator url', 'sales navigator link', 'linkedin url sales navigator', 'sales navigator profile url', 'linkedin sales nav url', 'sales nav url', 'sales nav link', 'default profile url', 'github url', 'github profile', 'github profile url', 'github link', 'gitlab url', 'perfil de github', 'stack overflow url', 'sitio web valor', 'página web', 'sitio web', 'página personal', 'enlace', 'enlaces', 'webseite', 'internetseite', 'site web', 'page web', 'site', 'lien', 'liens', 'portafolio', 'página da web', 'portfólio', 'ligação',
  ]],
  ['socialMedia', ['social media', 'social url', 'social media address', 'social media addresses', 'github', 'gitlab', 'twitter', 'twitter url', 'facebook', 'facebook url', 'xing', 'xing url', 'stack overflow']],
  ['tags', ['tag', 'tags', 'candidate tags', 'labels', 'group membership', 'etiquetas', 'schlagwörter', 'étiquettes', 'marcadores']],
  ['summary', ['summary']],
  ['project', ['project', 'active project']],
  ['stage', ['stage']],
  ['profileUrl', ['profile url']],
] // prettier-ignore

const FIELD_OF = new Map(NAMES.flatMap(([field, names]) => names.map((name): [string, CsvField] => [plainName(name), field])))
const NUMBERED: readonly CsvField[] = ['emails', 'phones', 'phoneType', 'links']

/**
 * Looks up a column name, with the number in it ("phone2value") that joins columns about the same value. Returns null
 * for an unknown name.
 */
export function lookUpName(name: string): { field: CsvField; number: string | null } | null {
  const field = FIELD_OF.get(name)
  if (field) return field === 'phoneType' ? null : { field, number: null }
  const number = /\d+/.exec(name)?.[0]
  const numbered = number && FIELD_OF.get(name.replace(number, ''))
  return numbered && NUMBERED.includes(numbered) ? { field: numbered, number } : null
}

/**
 * A form of address ("Dr") or a job title. These mean the form of address if another column has the job title, as in
 * Outlook's files.
 */
export const TITLES = ['title', 'titulo', 'titel', 'titre']
export const JOBS = ['jobtitle', 'position', 'puesto', 'cargo', 'stelle', 'berufsbezeichnung', 'fonction', 'poste', 'titre1', 'funcao']
/** These mean the whole name, unless another column holds the other part of it. */
export const FIRST_OR_FULL = ['nombre', 'nome']
export const LAST_OR_FULL = ['nom']
/**
 * In a file with a column for the company's page ("Company Linkedin Url"), these also hold addresses of the company
 * (Apollo).
 */
export const OF_COMPANY = ['website', 'url', 'webpage', 'facebookurl', 'twitterurl', 'facebook', 'twitter']
export const COMPANY_PAGES = [
  'companylinkedinurl',
  'companylinkedin',
  'companylinkedinprofileurl',
  'linkedincompanyprofileurl',
  'linkedincompanyurl',
]
