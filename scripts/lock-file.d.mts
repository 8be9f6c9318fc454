export type LockAttempt =
  | { readonly release: () => Promise<void>; readonly heldBy?: undefined }
  | { readonly heldBy: number; readonly release?: undefined }

export function processBirth(pid: number): Promise<string | null>
export function unwritableReason(code: string): string
export function tryLock(path: string): Promise<LockAttempt>
