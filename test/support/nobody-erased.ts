import type { ErasedPeople } from '../../src/candidates/erased-people.ts'

/** For parts under test in an organization in which nobody was erased. */
export const nobodyErased: ErasedPeople = { among: async () => new Set(), lift: async () => undefined }
