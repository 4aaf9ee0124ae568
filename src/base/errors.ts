/** The error catalogue: code → class, exit code, retryable, message; `fail(code, facts)` is the only way to make one. */

/** The classes of failure; the first five exit codes are published and never change. */
export const ERROR_CLASSES = {
  GENERAL_ERROR: { exit: 1, type: 'QuantLabError', retryable: false },
  INVALID_CONFIG: { exit: 2, type: 'ConfigError', retryable: false },
  DATA_ERROR: { exit: 3, type: 'DataError', retryable: false },
  STRATEGY_ERROR: { exit: 4, type: 'StrategyError', retryable: false },
  CONFLICT: { exit: 5, type: 'ConflictError', retryable: false },
  NOT_FOUND: { exit: 6, type: 'NotFoundError', retryable: false },
  INTEGRITY_ERROR: { exit: 7, type: 'IntegrityError', retryable: false },
  STORAGE_ERROR: { exit: 8, type: 'StorageError', retryable: true },
  ABORTED: { exit: 130, type: 'KeyboardInterrupt', retryable: true },
} as const

export type ErrorClass = keyof typeof ERROR_CLASSES

interface Entry {
  class: ErrorClass
  /** Message with `{fact}` places. */
  text: string
  hint?: string
}

/** Every error the program can answer. A code equal to its class is the general case of that class. */
export const ERRORS = {
  GENERAL_ERROR: { class: 'GENERAL_ERROR', text: '{message}' },
  INVALID_CONFIG: { class: 'INVALID_CONFIG', text: '{message}' },
  DATA_ERROR: { class: 'DATA_ERROR', text: '{message}' },
  DATASET_NOT_MATERIALISED: {
    class: 'DATA_ERROR',
    text: 'Dataset {dataset_id} is declared without data: it lies elsewhere and cannot be run on',
    hint: 'Register the data under a new dataset id, with its path.',
  },
  STRATEGY_ERROR: { class: 'STRATEGY_ERROR', text: '{message}' },
  CONFLICT: { class: 'CONFLICT', text: '{message}' },
  NOT_FOUND: { class: 'NOT_FOUND', text: '{message}' },
  INTEGRITY_ERROR: { class: 'INTEGRITY_ERROR', text: '{message}' },
  STORAGE_ERROR: { class: 'STORAGE_ERROR', text: '{message}' },
  ABORTED: { class: 'ABORTED', text: 'Aborted by user' },
} as const satisfies Record<string, Entry>

export type ErrorCode = keyof typeof ERRORS

/** One fault with the place it was found at. */
export interface ErrorDetail {
  /** JSON pointer into the request, or `row 17` for a data file. */
  pointer: string
  message: string
  expected?: unknown
  suggestion?: string
}

/** The only error thrown on purpose; anything else is a bug and answers GENERAL_ERROR. */
export class GatewayError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetail[]
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetail[], hint: string | undefined) {
    super(message)
    this.name = ERROR_CLASSES[ERRORS[code].class].type
    this.code = code
    this.details = details
    this.hint = hint
  }

  get class(): ErrorClass {
    return ERRORS[this.code].class
  }

  get exitCode(): number {
    return ERROR_CLASSES[this.class].exit
  }
}

/** Build the error of one catalogue code from its named facts; `details` carries faults with their places, `hint` what to do. */
export function fail(
  code: ErrorCode,
  facts: Record<string, unknown>,
  more: { details?: ErrorDetail[]; hint?: string } = {},
): GatewayError {
  const entry: Entry = ERRORS[code]
  const message = entry.text.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ''))
  return new GatewayError(code, message, more.details ?? [], more.hint ?? entry.hint)
}
