/** The questions of a posting's application form (recorded answers). Questions about a person's origin appear only in the United States. */
import type { Posting } from '../account/records.ts'

const DECLINE = 'Decline to self-identify'

function question(text: string, options: string[]): Record<string, unknown> {
  return {
    description: null,
    required: false,
    text,
    type: 'dropdown',
    options: options.map((option) => ({ text: option, optionId: option })),
    prompt: text,
    value: null,
  }
}

export const EEO_QUESTIONS: Record<string, Record<string, unknown>> = {
  gender: question('Gender', ['Female', 'Male', DECLINE]),
  race: question('Race', [
    'Hispanic or Latino',
    'White (Not Hispanic or Latino)',
    'Black or African American (Not Hispanic or Latino)',
    'Native Hawaiian or Other Pacific Islander (Not Hispanic or Latino)',
    'Asian (Not Hispanic or Latino)',
    'American Indian or Alaska Native (Not Hispanic or Latino)',
    'Two or More Races (Not Hispanic or Latino)',
    DECLINE,
  ]),
  veteran: question('Veteran status', ['I am a veteran', 'I am not a veteran', DECLINE]),
}

const PERSONAL: [text: string, name: string, type: string, required: boolean][] = [
  ['Full name', 'fullName', 'text', true],
  ['Email', 'email', 'text', true],
  ['Current company', 'currentCompany', 'text', false],
  ['Current location', 'currentLocation', 'text', false],
  ['Phone', 'phone', 'text', false],
  ['Resume', 'resume', 'file-upload', false],
  ['Additional information', 'additionalInformation', 'textarea', false],
]
const URLS = ['LinkedIn', 'Other']

export function applyFormJson(posting: Posting): Record<string, unknown> {
  return {
    id: posting.id,
    text: posting.text,
    customQuestions: posting.customQuestions.map(({ id, text, fields }) => ({
      id,
      text,
      fields: fields.map((field) => ({ ...field, value: null })),
      distribution: ['external'],
    })),
    ...(posting.country === 'US' ? { eeoQuestions: EEO_QUESTIONS } : {}),
    personalInformation: PERSONAL.map(([text, name, type, required]) => ({ text, name, type, required, value: null })),
    urls: URLS.map((name) => ({ text: name, name, type: 'text', required: false, value: null })),
    consentDisclosures: null,
  }
}
