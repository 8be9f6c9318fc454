/** Due at once, whatever the clock of this process says. */
export const AT_ONCE = new Date(0)
