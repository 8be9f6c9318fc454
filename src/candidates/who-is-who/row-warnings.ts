/** Why a row creates a new candidate although it could be about an existing one: warnings of an import. */
export const CONTRADICTED =
  'Added as a new candidate: another candidate with the same e-mail or profile has a different profile page on the same site.'
export const SEVERAL = 'Added as a new candidate: several candidates have the same e-mail or profile, and nothing tells which one is meant.'
export const NEW_ID = 'Added as a new candidate: its externalId is new, although a candidate has the same e-mail or profile.'
