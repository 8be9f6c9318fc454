import type { SignatureTokenPlace } from '../../../../connection/webhook-events.ts'
import { usePage } from '../../kit/page-context.ts'
import { webhooksTexts } from './texts-webhooks.ts'

/** Pasted tokens that were not saved, by place. `isWrong` marks the wrong one. */
export type PastedTokens = Partial<Record<SignatureTokenPlace, { text: string; isWrong: boolean }>>

export interface SignatureTokenFieldProps {
  place: SignatureTokenPlace
  isKnown: boolean
  /** The token as sent, if it was not saved; a saved token is never shown. */
  pasted: PastedTokens['any']
}

/**
 * The element `event-<place>` labels the field. It is masked by style and is not a password field, so that browsers do not offer to save
 * it.
 */
export function SignatureTokenField({ place, isKnown, pasted }: SignatureTokenFieldProps) {
  const t = webhooksTexts(usePage().language)
  const isWrong = pasted?.isWrong === true
  return (
    <>
      <input
        type="text"
        name={place}
        class="secret"
        aria-label={t.signatureToken}
        aria-describedby={isWrong ? `event-${place} wrong-${place}` : `event-${place}`}
        aria-invalid={isWrong ? true : undefined}
        placeholder={isKnown ? t.keep : t.paste}
        value={pasted?.text}
        autocomplete="off"
        spellcheck={false}
        maxlength={500}
      />
      {isWrong ? (
        <small id={`wrong-${place}`} class="field-error">
          {t.badToken}
        </small>
      ) : null}
    </>
  )
}
