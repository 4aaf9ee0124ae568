/** Versions: of the program (equal to package.json, checked by a test) and of the machine contract. */

export const VERSION = '0.1.0'

/** `schema_version` of every request, answer, artifact and signal. */
export const CONTRACT_VERSION = '1.0' as const
