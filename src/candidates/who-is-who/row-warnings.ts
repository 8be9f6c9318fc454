/** An import warning that says why a row creates a new candidate although it might match an existing one. */
export const CONTRADICTED =
  'Added as a new candidate: another candidate with the same email or profile has a different profile page on the same site.'
export const SEVERAL = 'Added as a new candidate: several candidates have the same email or profile, and nothing shows which one it is.'
export const NEW_ID = 'Added as a new candidate: its externalId is new, although another candidate has the same email or profile.'
