/**
 * For the composed service: rests are short and soon noticed to be over, while a call or a lease outlasts a machine that stands still for a moment,
 * so that nothing is repeated but what a test makes fail. To be used with the local Lever's rate limit off.
 */
export const QUICK_TIMES = {
  SETTLE_MS: '150',
  LEVER_TIMEOUT_MS: '3000',
  LEASE_MS: '10000',
  LEVER_REQUESTS_PER_SECOND: '200',
  LEVER_BURST: '200',
}
