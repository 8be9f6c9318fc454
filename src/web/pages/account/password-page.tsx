import { Layout } from '../site/layout.tsx'
import { usePage } from '../kit/page-context.ts'
import { PasswordCard, type PasswordCardProps } from './password-card.tsx'
import { accountTexts } from './texts-account.ts'

/** The target of an invitation or of a link for a forgotten password. */
export function PasswordPage(card: Omit<PasswordCardProps, 'isWelcome'>) {
  const { language, caller } = usePage()
  const t = accountTexts(language)
  return (
    <Layout title={t.welcome(caller?.name ?? '')} lead={t.welcomeLead} width="narrow">
      <PasswordCard {...card} isWelcome />
      {card.state === 'noneAndLate' ? (
        <a href="/" role="button">
          {t.goOn}
        </a>
      ) : null}
    </Layout>
  )
}
