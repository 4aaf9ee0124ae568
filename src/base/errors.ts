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
  RUNSET_NOT_FOUND: {
    class: 'NOT_FOUND',
    text: 'RunSet not found: {runset_id}',
    hint: '`quantlab runset list` shows all.',
  },
  RUNSET_EXISTS: {
    class: 'CONFLICT',
    text: 'RunSet already exists with a different selection: {runset_id}',
    hint: 'A selection never changes: choose a new id.',
  },
  RUNSET_ALREADY_FROZEN: {
    class: 'CONFLICT',
    text: 'RunSet already frozen: {runset_id} (resolution_hash={hash}...)',
    hint: 'Unfreeze it first, or move the pin with `repin`.',
  },
  RUNSET_NOT_FROZEN: { class: 'CONFLICT', text: 'RunSet is not frozen: {runset_id}' },
  RUNSET_FROZEN_DELETE: { class: 'CONFLICT', text: 'RunSet is frozen: {runset_id}. Unfreeze it before deleting.' },
  EMPTY_FREEZE: {
    class: 'CONFLICT',
    text: 'Refusing to freeze an empty resolution: {runset_id} (use --allow-empty)',
  },
  HASH_EXPECTATION: { class: 'CONFLICT', text: 'Resolution hash {got} does not match --expect-hash {want}' },
  PINNED_RUN_MISSING: { class: 'NOT_FOUND', text: 'Pinned runs not registered: {ids}' },
  PINNED_RUN_MISMATCH: {
    class: 'CONFLICT',
    text: 'Pinned run {run_id} does not satisfy {field}: wanted {wanted}, has {has}',
  },
  DATASET_UNREGISTERED: { class: 'NOT_FOUND', text: 'Dataset is not registered: {dataset_id}' },
  DATASET_FAMILY_EMPTY: { class: 'NOT_FOUND', text: 'No dataset in family: {family}' },
  DATASET_IMMUTABLE: {
    class: 'CONFLICT',
    text: 'Dataset is immutable: {dataset_id} (differs: {fields}). A fix is a new dataset id.',
  },
  RUN_NOT_FOUND: { class: 'NOT_FOUND', text: 'Run not found: {run_id}', hint: '`quantlab runs list` shows all.' },
  RUN_IMMUTABLE: { class: 'CONFLICT', text: 'Run is immutable: {run_id} (differs: {fields})' },
  RUN_STATUS: { class: 'CONFLICT', text: 'Run {run_id} is {has}: its status cannot become {wanted}' },
  ARTIFACT_NOT_FOUND: { class: 'NOT_FOUND', text: 'Artifact not found: {artifact_id}' },
  ARTIFACTS_CLOSED: {
    class: 'CONFLICT',
    text: 'Run {run_id} is {status}: its artifacts are closed',
    hint: 'Register it with the role `derived`.',
  },
  ARTIFACT_MISSING: { class: 'INTEGRITY_ERROR', text: 'Artifact missing: {uri} ({run_id}/{kind})' },
  ARTIFACT_CHANGED: {
    class: 'INTEGRITY_ERROR',
    text: 'Artifact content changed: {uri} (expected {expected}, found {found})',
  },
  ALIAS_NOT_FOUND: { class: 'NOT_FOUND', text: 'Alias not found: {alias}' },
  ALIAS_TAKEN: { class: 'CONFLICT', text: 'An alias and a RunSet cannot share a name: {alias}' },
  INVALID_SPEC: { class: 'INVALID_CONFIG', text: '{message}' },
  AMBIGUOUS_REFERENCE: { class: 'INVALID_CONFIG', text: 'Ambiguous reference {reference}: {candidates}' },
  REGISTRY_CORRUPT: {
    class: 'INTEGRITY_ERROR',
    text: 'Registry fact does not match its hash: {path}',
    hint: 'Restore the file from a copy; the cache that was built before is kept.',
  },
  BUNDLE_CORRUPT: { class: 'INTEGRITY_ERROR', text: 'Bundle does not match its hashes: {path}' },
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
