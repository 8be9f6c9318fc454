/** Keys of a service that changes them, in the form of SECRET_KEYS. */
export const OLD_KEY = `old:${Buffer.from('the older key, with its 32 bytes').toString('base64')}`
export const NEW_KEY = `new:${Buffer.from('the newer key, with its 32 bytes').toString('base64')}`
