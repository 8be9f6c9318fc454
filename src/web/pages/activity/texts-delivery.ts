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
    noEffects: 'Nothing changed: Fulcrum already had this information.',
    noEffectsYet: 'Nothing so far.',
    processed: 'Processed',
    ignored: 'Ignored.',
    failed: 'Failed.',
    waiting: 'Will be retried.',
    waitsFor: {
      authorization: 'Lever does not accept the authorization.',
      lever: 'Lever asked for a pause.',
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
    noEffects: 'No ha cambiado nada: Fulcrum ya tenía esta información.',
    noEffectsYet: 'Nada por ahora.',
    processed: 'Procesada',
    ignored: 'Ignorada.',
    failed: 'Fallida.',
    waiting: 'Se reintentará.',
    waitsFor: {
      authorization: 'Lever no acepta la autorización.',
      lever: 'Lever pidió una pausa.',
      deletion: 'Lever todavía no indica que la oportunidad se haya eliminado.',
    },
  },
})

const EFFECTS: Record<Language, Record<EffectName, (detail: string) => string>> = {
  en: {
    mirrorUpdated: () => 'Fulcrum read the opportunity from Lever and saved it.',
    mirrorWasNewer: () => 'Fulcrum read the opportunity from Lever, but already had a newer version.',
    candidatesUpdated: (count) => `Candidates updated: ${count}.`,
    stageNoted: (stage) => `Added to the timeline: stage ${stage}.`,
    archivedNoted: () => 'Added to the timeline: archived.',
    unarchivedNoted: () => 'Added to the timeline: no longer archived.',
    interviewNoted: (id) => `Added to the timeline: interview ${id}.`,
    deletionConfirmed: () => 'Lever lists the opportunity as deleted; its data was removed here.',
    candidatesUnlinked: (count) => `Candidates no longer in Lever: ${count}.`,
  },
  es: {
    mirrorUpdated: () => 'Fulcrum leyó la oportunidad en Lever y la guardó.',
    mirrorWasNewer: () => 'Fulcrum leyó la oportunidad en Lever, pero ya tenía una versión más reciente.',
    candidatesUpdated: (count) => `Candidatos actualizados: ${count}.`,
    stageNoted: (stage) => `Añadido a la cronología: etapa ${stage}.`,
    archivedNoted: () => 'Añadido a la cronología: archivado.',
    unarchivedNoted: () => 'Añadido a la cronología: ya no está archivado.',
    interviewNoted: (id) => `Añadido a la cronología: entrevista ${id}.`,
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
  event_unknown: 'Fulcrum no usa este evento.',
  opportunity_missing: 'La entrega no indica ninguna oportunidad.',
  opportunity_unknown: 'Lever no conoce la oportunidad, o no se la muestra a Fulcrum, y no indica que se haya eliminado.',
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
