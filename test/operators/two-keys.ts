/** Keys of a service that changes them, in the form of SECRET_KEYS. */
export const OLD_KEY = `old:${Buffer.alloc(32, 1).toString('base64')}`
export const NEW_KEY = `new:${Buffer.alloc(32, 2).toString('base64')}`
