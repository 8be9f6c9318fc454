/** Templates of the sample account, and the forms that people filled in. */
import type { Feedback, FeedbackTemplate, Form, FormField, FormTemplate, Referral } from '../account/form-records.ts'
import type { Panel } from '../account/interview-records.ts'
import type { Opportunity } from '../account/records.ts'
import type { SeededRandom, Streams } from './random.ts'
import { SEED_TIME } from './seed-company.ts'

const DAY_MS = 86_400_000

/** As recorded: the oldest one has no times. */
export function seedFeedbackTemplates(streams: Streams): FeedbackTemplate[] {
  const random = streams('feedback templates')
  const groups = ['On-site Interviews', 'Phone Screens'].map((name) => ({ id: random.uuid(), name }))
  const template = (text: string, group: FeedbackTemplate['group'], createdAt: number | null): FeedbackTemplate => ({
    id: random.uuid(),
    text,
    group,
    instructions: 'Ask about a time they faced a challenge, and how they overcame it.',
    fields: [rating(random), scorecard(random), field(random, 'textarea', 'Other thoughts?')],
    createdAt,
    stage: null,
    updatedAt: null,
    madeByApi: false,
  })
  return [
    template('General On-site Interview', groups[0] ?? null, null),
    template('HM Phone Screen', groups[1] ?? null, SEED_TIME - 800 * DAY_MS),
    template('Phone screen form', null, SEED_TIME - 700 * DAY_MS),
  ]
}

export function seedFormTemplates(streams: Streams): FormTemplate[] {
  const random = streams('form templates')
  const template = (text: string, secretByDefault: boolean, fields: FormField[]): FormTemplate => ({
    id: random.uuid(),
    text,
    group: null,
    instructions: '',
    secretByDefault,
    fields,
    createdAt: SEED_TIME - 700 * DAY_MS,
    updatedAt: SEED_TIME - 600 * DAY_MS,
    madeByApi: false,
  })
  return [
    template('Referral', false, [field(random, 'textarea', 'Why do you refer this person?')]),
    template('Offer Information', true, [field(random, 'date', 'Start Date', true), field(random, 'currency', 'Compensation', true)]),
  ]
}

function field(random: SeededRandom, type: string, text: string, required = false): FormField {
  return { description: '', required, text, type, id: random.uuid() }
}

function rating(random: SeededRandom): FormField {
  const options = ['4 - Strong Hire', '3 - Hire', '2 - No Hire', '1 - Strong No Hire'].map((text) => ({ text }))
  return { ...field(random, 'score-system', 'Rating'), prompt: 'Select one', options }
}

function scorecard(random: SeededRandom): FormField {
  const scores = [
    { text: 'Adaptability', description: 'Will this person work well in a fast paced environment?' },
    { text: 'Prior Success', description: 'How did they perform in their previous roles?' },
  ]
  return { ...field(random, 'scorecard', ''), scores }
}

/** On the first interview of each panel. */
export function seedFeedback(streams: Streams, panels: Panel[], templates: FeedbackTemplate[]): Feedback[] {
  const random = streams('feedback')
  return panels.map((panel, index) => {
    const { id: baseTemplateId, text, instructions, fields } = templates[index % templates.length] as FeedbackTemplate
    const at = SEED_TIME - DAY_MS
    return {
      id: random.uuid(),
      opportunity: panel.opportunity,
      type: 'interview',
      text,
      instructions,
      fields: fields.map((one) => ({ ...one, value: one.type === 'score-system' ? '3 - Hire' : null })),
      baseTemplateId,
      interview: panel.interviews[0]?.id ?? null,
      panel: panel.id,
      user: panel.user,
      createdAt: at,
      completedAt: at,
      updatedAt: null,
      deletedAt: null,
    }
  })
}

/** A referral, and a form filled in later. */
export function seedFilledForms(
  streams: Streams,
  opportunities: Opportunity[],
  [referral, information]: FormTemplate[],
): { referrals: Referral[]; forms: Form[] } {
  const random = streams('filled forms')
  const referred = opportunities.filter(({ origin, owner }, index) => index > 0 && origin === 'referred' && owner !== null).slice(0, 5)
  const filled = (opportunity: Opportunity, template: FormTemplate): Omit<Referral, 'referrer'> => ({
    id: random.uuid(),
    opportunity: opportunity.id,
    text: template.text,
    instructions: template.instructions,
    fields: template.fields.map((one) => ({ ...one, value: one.type === 'textarea' ? 'We worked together for years.' : null })),
    baseTemplateId: template.id,
    user: opportunity.owner,
    stage: opportunity.stage,
    createdAt: opportunity.createdAt,
    completedAt: opportunity.createdAt,
  })
  return {
    referrals: referred.map((opportunity) => ({ ...filled(opportunity, referral as FormTemplate), referrer: opportunity.owner })),
    forms: referred.slice(0, 2).map((one) => ({ ...filled(one, information as FormTemplate), secret: true, deletedAt: null })),
  }
}
