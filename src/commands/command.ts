/** The port of every command: what it receives (`Context`) and what it gives back (`Outcome`). */

import type { Table } from '../base/table.ts'

/** Everything of the outside world a command may use; built in `main.ts`, replaced in tests. */
export interface Context {
  /** Absolute directory that holds `lake/` and `outputs/`. */
  root: string
  /** Absolute directory that relative paths of a request resolve against. */
  cwd: string
  clock: Clock
  /** Echoed into artifacts; null where the caller gave none. */
  requestId: unknown
  /** W3C trace id, 32 hex digits. */
  traceId: string
  /** How the request came: flag calls get the published texts. */
  via: 'json' | 'flags'
  /** The request as a command line that repeats it. */
  reproduce: string
  /** Standard input as a feed; null where it brings the requests themselves. */
  input: AsyncIterable<Uint8Array> | null
  /** Tell monitors and a watching person how far long work has come; cheap, rate-limited by the receiver. */
  progress(event: ProgressEvent): void
  /** Aborted by SIGINT, SIGTERM or a closed pipe: long work stops at the next safe point with `fail('ABORTED', {})`. */
  abort: AbortSignal
  /** Called once, just before a run becomes visible at `path`, so that a repeated request can find it after a crash. */
  beforePublish(runId: string, path?: string): void
  /** Called once long work can be continued under this id, so that the same request after a crash continues it. */
  beforeWork?(runId: string): void
  /** What the caller says of the run besides what decides its numbers: kept in its manifest and registered. */
  labels?: RunLabels
  /** Another process of this program on the same root; undefined where there is none to start. */
  openSession?: () => Promise<Session>
  /** What `beforeWork` was told by an attempt of this very request that did not finish. */
  interrupted?: string
}

/** An NDJSON session in a process of its own; it answers one request after the other. */
export interface Session {
  /** The answer to a request; null where the process ended without one. */
  ask(request: object): Promise<Record<string, unknown> | null>
  /** End the process and wait for it. */
  close(): Promise<void>
}

/** Tags and declared universe of a run, as the request spells them. */
export interface RunLabels {
  tags?: readonly string[]
  universe?: object
  /** Model run whose model this run trades. */
  model_run_id?: string
}

export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number
  /** Monotonic milliseconds, for durations. */
  elapsed(): number
}

export interface ProgressEvent {
  run_id: string
  done: number
  total: number
}

/** A finished request. */
export interface Outcome {
  /** Fields of the answer: for run-producing commands run_id, artifacts_path …; for all others `{ result }`. */
  answer: Record<string, unknown>
  warnings?: string[]
  /** Extra fields of the SESSION_COMPLETED signal; defaults to the run fields of `answer`. */
  signal?: Record<string, unknown>
  /** Text of a flag call in table format; without it a generic rendering of the answer is printed. */
  text?: () => string
  /** The text is JSON and stands for every format. */
  textIsJson?: boolean
  /** Rows of a flag call in csv (and generic table) format. */
  table?: () => Table
  /** Exit code of a success that asked to be told of a difference (9); else 0. */
  exitCode?: 0 | 9
}

/** One verb of the program: a validated request in, an outcome out; refuses by throwing `fail(…)`. */
export interface Command<Params = never> {
  /** `<name>` or `<name>.<action>`, the key of its schema. */
  run(params: Params, context: Context): Outcome | Promise<Outcome>
  /** Mode part of the run id where the command produces a run: its failures are then kept under `outputs/failures/`. */
  produces?: string
}
