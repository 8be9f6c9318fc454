/** What the sample account has of headcount beyond the requisitions themselves. */
import type { RequisitionField } from '../account/hiring-records.ts'

export function seedRequisitionFields(): RequisitionField[] {
  return [
    { id: 'cost_center', text: 'Cost Center', type: 'text', isRequired: false },
    { id: 'rec_start_date', text: 'Recruiting Start Date', type: 'date', isRequired: false },
    { id: 'target_hire_date', text: 'Target Hire Date', type: 'date', isRequired: false },
  ]
}
