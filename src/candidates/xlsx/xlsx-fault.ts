import { ServiceError } from '../../errors.ts'

const HINT = 'Open the file in a spreadsheet program and save it as .xlsx without a password, or as "CSV UTF-8".'

/** The error for an unreadable spreadsheet, worded for the sender. */
export function xlsxFault(message: string): ServiceError {
  return new ServiceError('invalid_request', message, { hint: HINT, errors: [{ path: 'file', message }] })
}

/** The error for a spreadsheet beyond the limits on memory and time per file. */
export function xlsxTooLarge(message: string): ServiceError {
  return new ServiceError('payload_too_large', message, { hint: 'Save the sheet as "CSV UTF-8", or send it in several files.' })
}
