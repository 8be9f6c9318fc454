import type { NearMiss } from '../../../../mapping/near-miss.ts'
import type { UnmatchedReason } from '../../../../mapping/match-people.ts'
import { defineTexts } from '../../../shell/languages.ts'

/** The wizard's step for people and their Lever users. */
export const usersTexts = defineTexts({
  en: {
    title: 'Users',
    lead: 'Match your people to Lever users. Only people with a Lever user can export, and Lever shows what they do as done by that user.',
    connectFirst: 'Connect Lever first, so that its users are known here.',
    reading: 'Lever’s users are still being read. Reload in a few seconds for suggestions.',
    person: 'Person',
    leverEmail: 'Lever email',
    inLever: 'In Lever',
    active: 'Active',
    matchByEmail: 'Match by email',
    matchLead: 'Maps everybody whose email address is the same in Lever.',
    inactiveHere: 'Inactive here',
    mapped: 'Mapped',
    deactivated: 'Deactivated in Lever',
    gone: 'No longer in Lever',
    notMapped: 'Not mapped',
    off: 'Switched off',
    use: (email: string) => `Use ${email}`,
    sameAddress: 'same address',
    matched: (n: number) => (n === 0 ? 'Nobody new was matched.' : n === 1 ? 'One person was matched.' : `${n} people were matched.`),
    unmatched: (n: number) =>
      n === 0 ? '' : n === 1 ? 'One person has no Lever user yet: see below.' : `${n} people have no Lever user yet: see below.`,
    saved: (n: number) => (n === 1 ? 'One change is saved.' : `${n} changes are saved.`),
    someRefused: 'Not everything could be saved: see the rows marked below. What you typed is still there.',
    changedMeanwhile: (now: string) => `Somebody else has since changed this to: ${now}. Check it, then save again.`,
    more: 'More people',
    first: 'Back to the first',
    nothing: 'nothing',
  },
  es: {
    title: 'Usuarios',
    lead: 'Asigne a sus personas sus usuarios de Lever. Solo exportan las personas con usuario de Lever, y Lever muestra lo que hacen como hecho por ese usuario.',
    connectFirst: 'Conecte primero Lever, para que aquí se conozcan sus usuarios.',
    reading: 'Aún se están leyendo los usuarios de Lever. Recargue en unos segundos para ver sugerencias.',
    person: 'Persona',
    leverEmail: 'Correo en Lever',
    inLever: 'En Lever',
    active: 'Activo',
    matchByEmail: 'Asignar por correo',
    matchLead: 'Asigna a todos los que tienen el mismo correo en Lever.',
    inactiveHere: 'Inactiva aquí',
    mapped: 'Asignado',
    deactivated: 'Desactivado en Lever',
    gone: 'Ya no está en Lever',
    notMapped: 'Sin asignar',
    off: 'Desactivada',
    use: (email: string) => `Usar ${email}`,
    sameAddress: 'misma dirección',
    matched: (n: number) =>
      n === 0 ? 'No se ha asignado a nadie más.' : n === 1 ? 'Se ha asignado a una persona.' : `Se ha asignado a ${n} personas.`,
    unmatched: (n: number) =>
      n === 0
        ? ''
        : n === 1
          ? 'Una persona no tiene aún usuario de Lever: véase abajo.'
          : `${n} personas no tienen aún usuario de Lever: véase abajo.`,
    saved: (n: number) => (n === 1 ? 'Se ha guardado un cambio.' : `Se han guardado ${n} cambios.`),
    someRefused: 'No se ha podido guardar todo: vea las filas marcadas abajo. Lo que escribió sigue ahí.',
    changedMeanwhile: (now: string) => `Otra persona lo cambió mientras tanto a: ${now}. Compruébelo y guarde de nuevo.`,
    more: 'Más personas',
    first: 'Volver al principio',
    nothing: 'nada',
  },
})

/** Why somebody is not mapped by the email address. */
export const unmatchedTexts = defineTexts<Record<UnmatchedReason, string>>({
  en: {
    lever_user_not_found: 'No Lever user has this address.',
    lever_user_deactivated: 'The Lever user with this address is deactivated.',
    lever_user_already_mapped: 'Somebody else has the Lever user with this address.',
  },
  es: {
    lever_user_not_found: 'Ningún usuario de Lever tiene esta dirección.',
    lever_user_deactivated: 'El usuario de Lever con esta dirección está desactivado.',
    lever_user_already_mapped: 'Otra persona tiene el usuario de Lever con esta dirección.',
  },
})

/** Why a Lever user may be meant. */
export const nearMissTexts = defineTexts<Record<NearMiss, string>>({
  en: { sameAddressOtherwiseWritten: 'same address, written differently', sameLocalPart: 'same before the @', sameName: 'same name' },
  es: {
    sameAddressOtherwiseWritten: 'misma dirección, escrita de otro modo',
    sameLocalPart: 'igual antes de la @',
    sameName: 'mismo nombre',
  },
})
