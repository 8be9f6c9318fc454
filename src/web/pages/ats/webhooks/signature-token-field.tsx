import type { SignatureTokenPlace } from '../../../../connection/webhook-events.ts'
import { usePage } from '../../kit/page-context.ts'
import { webhooksTexts } from './texts-webhooks.ts'

/** Tokens that were pasted and not saved, by place: of each whether it is the one that is wrong. */
export type PastedTokens = Partial<Record<SignatureTokenPlace, { text: string; isWrong: boolean }>>

export interface SignatureTokenFieldProps {
  place: SignatureTokenPlace
  isKnown: boolean
  /** What was sent and not saved; a saved token is never shown. */
  pasted: PastedTokens['any']
}

/** Its event is named by the element `event-<place>`. Masked by style and no password field, so that no browser offers to keep it. */
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
