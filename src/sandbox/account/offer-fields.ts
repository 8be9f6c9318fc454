import type { Offer } from './hiring-records.ts'
import type { Contact, Posting, Requisition, User } from './records.ts'

export interface OfferTerms {
  posting: Posting
  requisition: Requisition | null
  salary: number
  currency: string
  /** ms */
  startDate: number
}

/** Returns the identifiers that Lever's API documentation lists; dates are ms (assumed). */
export function offerFields(contact: Contact, manager: User | undefined, offer: OfferTerms, today: number): Offer['fields'] {
  const { posting, requisition, salary, currency, startDate } = offer
  const values: [text: string, identifier: string, value: string | number | null][] = [
    ['Job posting', 'job_posting', posting.text],
    ['Job title', 'job_title', posting.text],
    ['Candidate name', 'candidate_name', contact.name],
    ['Salary amount', 'salary_amount', salary],
    ['Compensation currency', 'compensation_currency', currency],
    ['Salary interval', 'salary_interval', 'per-year-salary'],
    ['Hiring manager', 'hiring_manager', manager?.name ?? null],
    ["Today's date", 'today_date', today],
    ['Direct manager', 'direct_manager', manager?.name ?? null],
    ['Anticipated start date', 'anticipated_start_date', startDate],
    ['Requisition', 'requisition', requisition?.requisitionCode ?? null],
  ]
  return values.map(([text, identifier, value]) => ({ text, identifier, value }))
}
