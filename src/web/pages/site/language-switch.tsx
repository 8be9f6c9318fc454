import { Form } from '../kit/form.tsx'
import { usePage } from '../kit/page-context.ts'
import { LANGUAGES } from '../../shell/languages.ts'
import { siteTexts } from './texts-site.ts'

export const LANGUAGE_NAMES = { en: 'English', es: 'Español' } as const

/**
 * The languages as buttons, each in its own language. The choice is kept in a cookie and, for a signed-in person, in their account. It is
 * on every page, so it has no hidden fields: programs that send all of a page's fields with another form would be refused.
 */
export function LanguageSwitch() {
  const { language, here } = usePage()
  return (
    <Form action={`/language?next=${encodeURIComponent(here)}`} class="language" aria-label={siteTexts(language).language}>
      {LANGUAGES.map((code) => (
        <button key={code} type="submit" name="language" value={code} class="link" lang={code} aria-pressed={code === language}>
          {LANGUAGE_NAMES[code]}
        </button>
      ))}
    </Form>
  )
}
