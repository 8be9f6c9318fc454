import { ServiceError } from '../../errors.ts'

const HINT = 'Open the file in a spreadsheet program and save it as .xlsx without a password, or as "CSV UTF-8".'

/** A spreadsheet that cannot be read, in words for whoever sent it. */
export function xlsxFault(message: string): ServiceError {
  return new ServiceError('invalid_request', message, { hint: HINT, errors: [{ path: 'file', message }] })
}

/** A spreadsheet beyond the limits, which keep what one file may cost in memory and time. */
export function xlsxTooLarge(message: string): ServiceError {
  return new ServiceError('payload_too_large', message, { hint: 'Save the sheet as "CSV UTF-8", or send it in several files.' })
}
