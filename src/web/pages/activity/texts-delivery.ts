import { ERROR_CODES, type ErrorCode } from '../../../errors.ts'
import type { EffectName } from '../../../webhooks/delivery-model.ts'
import { problemWords } from '../kit/problem-words.ts'
import { defineTexts, type Language } from '../../shell/languages.ts'

/** The page of one webhook delivery. */
export const deliveryTexts = defineTexts({
  en: {
    signature: 'Signature',
    signatureVerified: 'Valid: it matches the signature token of its event',
    signatureUnchecked: 'Not checked yet: no signature token is saved for its event',
    opportunity: 'Opportunity in Lever',
    nextTry: 'Next try',
    effects: 'Result',
    noEffects: 'Nothing changed: Fulcrum already knew this.',
    noEffectsYet: 'Nothing so far.',
    processed: 'Processed',
    ignored: 'Ignored.',
    failed: 'Failed.',
    waiting: 'Will be retried.',
    waitsFor: {
      authorization: 'Lever does not accept the authorization.',
      lever: 'Lever asks for a pause.',
      deletion: 'Lever does not list the opportunity as deleted yet.',
    },
  },
  es: {
    signature: 'Firma',
    signatureVerified: 'Válida: corresponde al token de firma de su evento',
    signatureUnchecked: 'Aún sin comprobar: no hay ningún token de firma guardado para su evento',
    opportunity: 'Oportunidad en Lever',
    nextTry: 'Próximo intento',
    effects: 'Resultado',
    noEffects: 'No ha cambiado nada: Fulcrum ya lo sabía.',
    noEffectsYet: 'Nada por ahora.',
    processed: 'Procesada',
    ignored: 'Ignorada.',
    failed: 'Fallida.',
    waiting: 'Se repetirá.',
    waitsFor: {
      authorization: 'Lever no acepta la autorización.',
      lever: 'Lever pide una pausa.',
      deletion: 'Lever todavía no indica que la oportunidad se haya eliminado.',
    },
  },
})

const EFFECTS: Record<Language, Record<EffectName, (detail: string) => string>> = {
  en: {
    mirrorUpdated: () => 'The opportunity was read from Lever and saved.',
    mirrorWasNewer: () => 'The opportunity was read from Lever, but a newer state was already known.',
    candidatesUpdated: (count) => `Candidates updated: ${count}.`,
    stageNoted: (stage) => `New in the history: stage ${stage}.`,
    archivedNoted: () => 'New in the history: archived.',
    unarchivedNoted: () => 'New in the history: no longer archived.',
    interviewNoted: (id) => `New in the history: interview ${id}.`,
    deletionConfirmed: () => 'Lever lists the opportunity as deleted; its data was removed here.',
    candidatesUnlinked: (count) => `Candidates no longer in Lever: ${count}.`,
  },
  es: {
    mirrorUpdated: () => 'La oportunidad se leyó de Lever y se guardó.',
    mirrorWasNewer: () => 'La oportunidad se leyó de Lever, pero ya se conocía un estado más reciente.',
    candidatesUpdated: (count) => `Candidatos actualizados: ${count}.`,
    stageNoted: (stage) => `Nuevo en el historial: etapa ${stage}.`,
    archivedNoted: () => 'Nuevo en el historial: archivado.',
    unarchivedNoted: () => 'Nuevo en el historial: ya no está archivado.',
    interviewNoted: (id) => `Nuevo en el historial: entrevista ${id}.`,
    deletionConfirmed: () => 'Lever indica que la oportunidad se eliminó; sus datos se han quitado de aquí.',
    candidatesUnlinked: (count) => `Candidatos que ya no están en Lever: ${count}.`,
  },
}

export function effectWords(language: Language, effect: EffectName, detail: string | null): string {
  return EFFECTS[language][effect](detail ?? '')
}

/** Why a delivery had no effect, for the codes that only deliveries have. English uses the error's own words. */
const SPANISH: Readonly<Record<string, string>> = {
  deletion_not_listed: 'Lever todavía no indica que la oportunidad se haya eliminado.',
  event_unknown: 'El evento no es ninguno de los que se usan aquí.',
  opportunity_missing: 'La entrega no nombra ninguna oportunidad.',
  opportunity_unknown: 'Lever no conoce la oportunidad, o no nos la muestra, y no indica que se haya eliminado.',
}

/** Returns the error in the reader's language; for an unknown code, the original words. */
export function deliveryErrorWords(language: Language, { code, detail }: { code: string; detail: string }): string {
  if (language === 'en') return detail
  if (isErrorCode(code)) return problemWords(language, { code, message: detail, hint: undefined })
  return SPANISH[code] ?? detail
}

function isErrorCode(code: string): code is ErrorCode {
  return ERROR_CODES.some((one) => one === code)
}
