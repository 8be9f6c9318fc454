import type { NearMiss } from '../../../../mapping/near-miss.ts'
import type { UnmatchedReason } from '../../../../mapping/match-people.ts'
import { defineTexts } from '../../../shell/languages.ts'

/** The wizard's step that matches people to Lever users. */
export const usersTexts = defineTexts({
  en: {
    title: 'Users',
    lead: 'Match your people to Lever users. Only people with a Lever user can export, and Lever credits their exports to that user.',
    connectFirst: 'Connect Lever first to see its users here.',
    reading: 'Fulcrum is still reading Lever’s users. Reload in a few seconds for suggestions.',
    person: 'Person',
    leverEmail: 'Lever email',
    inLever: 'In Lever',
    active: 'Active',
    matchByEmail: 'Match by email',
    matchLead: 'Maps everyone whose email address is the same in Lever.',
    inactiveHere: 'Inactive here',
    mapped: 'Mapped',
    deactivated: 'Deactivated in Lever',
    gone: 'No longer in Lever',
    notMapped: 'Not mapped',
    off: 'Switched off',
    use: (email: string) => `Use ${email}`,
    sameAddress: 'same address',
    matched: (n: number) => (n === 0 ? 'No new matches.' : n === 1 ? 'One person was matched.' : `${n} people were matched.`),
    unmatched: (n: number) =>
      n === 0 ? '' : n === 1 ? 'One person has no Lever user yet: see below.' : `${n} people have no Lever user yet: see below.`,
    saved: (n: number) => (n === 1 ? 'One change saved.' : `${n} changes saved.`),
    someRefused: 'Some changes could not be saved: see the rows marked below. Your entries are still there.',
    changedMeanwhile: (now: string) => `While you were editing, someone else changed this to: ${now}. Check it, then save again.`,
    more: 'More people',
    first: 'Back to the start',
    nothing: 'nothing',
  },
  es: {
    title: 'Usuarios',
    lead: 'Asigne a cada persona su usuario de Lever. Solo pueden exportar las personas con usuario de Lever, y Lever atribuye sus exportaciones a ese usuario.',
    connectFirst: 'Conecte primero Lever para ver aquí sus usuarios.',
    reading: 'Fulcrum aún está leyendo los usuarios de Lever. Recargue la página en unos segundos para ver sugerencias.',
    person: 'Persona',
    leverEmail: 'Correo en Lever',
    inLever: 'En Lever',
    active: 'Activo',
    matchByEmail: 'Asignar por correo',
    matchLead: 'Asigna su usuario de Lever a cada persona que tiene allí el mismo correo.',
    inactiveHere: 'Inactiva aquí',
    mapped: 'Asignado',
    deactivated: 'Desactivado en Lever',
    gone: 'Ya no está en Lever',
    notMapped: 'Sin asignar',
    off: 'Desactivada',
    use: (email: string) => `Usar ${email}`,
    sameAddress: 'misma dirección',
    matched: (n: number) =>
      n === 0
        ? 'No hay asignaciones nuevas.'
        : n === 1
          ? 'Se ha asignado un usuario de Lever a una persona.'
          : `Se ha asignado un usuario de Lever a ${n} personas.`,
    unmatched: (n: number) =>
      n === 0
        ? ''
        : n === 1
          ? 'Una persona aún no tiene usuario de Lever: vea más abajo.'
          : `${n} personas aún no tienen usuario de Lever: vea más abajo.`,
    saved: (n: number) => (n === 1 ? 'Se ha guardado un cambio.' : `Se han guardado ${n} cambios.`),
    someRefused: 'Algunos cambios no se han podido guardar: vea las filas marcadas abajo. Lo que escribió sigue ahí.',
    changedMeanwhile: (now: string) => `Mientras usted editaba, otra persona lo cambió a: ${now}. Compruébelo y guarde de nuevo.`,
    more: 'Más personas',
    first: 'Volver al principio',
    nothing: 'nada',
  },
})

/** Why a person was not matched by email. */
export const unmatchedTexts = defineTexts<Record<UnmatchedReason, string>>({
  en: {
    lever_user_not_found: 'No Lever user has this address.',
    lever_user_deactivated: 'The Lever user with this address is deactivated.',
    lever_user_already_mapped: 'The Lever user with this address is mapped to someone else.',
  },
  es: {
    lever_user_not_found: 'Ningún usuario de Lever tiene esta dirección.',
    lever_user_deactivated: 'El usuario de Lever con esta dirección está desactivado.',
    lever_user_already_mapped: 'El usuario de Lever con esta dirección está asignado a otra persona.',
  },
})

/** Why a Lever user is suggested. */
export const nearMissTexts = defineTexts<Record<NearMiss, string>>({
  en: { sameAddressOtherwiseWritten: 'same address, written differently', sameLocalPart: 'same before the @', sameName: 'same name' },
  es: {
    sameAddressOtherwiseWritten: 'misma dirección, escrita de otra forma',
    sameLocalPart: 'igual antes de la @',
    sameName: 'mismo nombre',
  },
})
