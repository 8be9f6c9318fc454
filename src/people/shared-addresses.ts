/**
 * Local parts of addresses that belong to an office or to no person, without dots, hyphens, and underscores. Two people of one company
 * may both have `info@`. A person whose own address is `hello@` loses little: the address is kept and shown, but not used to recognize
 * the person.
 */
const SHARED: ReadonlySet<string> = new Set(
  [
    // offices, in English, Spanish, German, French, and Portuguese
    'info information contact contactus hello hola mail email office admin administrator team enquiries inquiries enquiry inquiry reception',
    'contacto oficina administracion recepcion kontakt buero büro empfang zentrale verwaltung bureau accueil administration contato escritorio recepcao',
    'sales marketing press support help helpdesk service customerservice billing accounts accounting finance invoice invoices legal privacy orders partners',
    'ventas prensa soporte facturacion atencionalcliente vertrieb verkauf presse rechnung buchhaltung ventes commercial comptabilite vendas comercial imprensa suporte financeiro',
    // hiring teams
    'hr jobs careers career recruiting recruitment recruiter recruiters talent hiring humanresources resume resumes cv',
    'rrhh empleo trabajo seleccion talento bewerbung bewerbungen karriere personalabteilung rh emploi recrutement carriere carrieres vagas recrutamento talentos',
    // machines
    'noreply donotreply dontreply nepasrepondre noresponder naoresponda keineantwort mailerdaemon postmaster webmaster hostmaster abuse bounce bounces notification notifications newsletter automated',
    // entered when a form required an address and there was none
    'none noemail nomail noaddress notprovided notavailable unknown na n/a null nil undefined test testing example sample fake invalid anonymous',
    'sinemail sincorreo nocorreo notiene desconocido prueba ninguno keine keinemail unbekannt aucun pasdemail inconnu sememail naotem nenhum teste',
  ].flatMap((words) => words.split(' ')),
) // prettier-ignore

/** True if several people may share this address: `info@`, `jobs+berlin@`, `no-reply@`, `noemail@`. */
export function isSharedAddress(address: string): boolean {
  const local = address.slice(0, Math.max(0, address.lastIndexOf('@')))
  const [name = ''] = local.split('+')
  return SHARED.has(name.toLowerCase().replace(/[.\-_]/g, ''))
}
