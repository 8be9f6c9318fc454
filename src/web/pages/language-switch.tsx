import { Form } from './form.tsx'
import { usePage } from './page-context.ts'
import { LANGUAGES } from './texts.ts'
import { siteTexts } from './texts-site.ts'

const NAMES = { en: 'English', es: 'Español' } as const

/** The languages as buttons, each in its own words; the choice is kept in a cookie. */
export function LanguageSwitch() {
  const { language, here } = usePage()
  return (
    <Form action="/language" class="language" aria-label={siteTexts(language).language}>
      <input type="hidden" name="next" value={here} />
      {LANGUAGES.map((code) => (
        <button key={code} type="submit" name="language" value={code} class="link" lang={code} aria-pressed={code === language}>
          {NAMES[code]}
        </button>
      ))}
    </Form>
  )
}
