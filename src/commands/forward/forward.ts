/** `forward`: evaluate the best candidate of a run or sweep on data it has not seen, in one go or with each new bar. */

import { basename, join } from 'node:path'
import type { ForwardCandidate, ForwardRequest } from '../../../contracts/types.ts'
import {
  claimSession,
  isSession,
  lockSession,
  makeSession,
  readSession,
  type SessionFiles,
  type StoredSession,
} from '../../artifacts/forward-session.ts'
import { updateSession } from '../../artifacts/forward-update.ts'
import { indexFiles, refreshRunsIndex } from '../../artifacts/runs-index.ts'
import { hashOf } from '../../base/canonical.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { layout } from '../../base/layout.ts'
import { insideRoot, resolvePath } from '../../base/paths.ts'
import { loadValidator } from '../../base/schema.ts'
import { isoInstant, runIdOf } from '../../base/time.ts'
import type { BrokerState } from '../../engine/broker.ts'
import { openAccount } from '../../engine/broker.ts'
import { evaluateForward, type ForwardSegment } from '../../engine/forward.ts'
import { timestampOf } from '../../engine/forward-record.ts'
import type { OpenedBars } from '../../lake/open.ts'
import type { Command, Context, Outcome } from '../command.ts'
import { isRunName, locateRun, noSuchRuns } from '../locate-run.ts'
import { registerContinued, registerPublished } from '../registry/registration.ts'
import { type ForwardWindow, forwardBars, forwardWindow } from './bars.ts'
import { type ChosenCandidate, chooseCandidate, storedCandidate } from './candidate.ts'
import { FORWARD_VALIDATORS, type ForwardSession, writeSession } from './documents.ts'
import { labelsIn, recordOf, recordUntil } from './recall.ts'
import { barsSeen, sessionOf } from './session.ts'
import { forwardText } from './text.ts'

export const forward: Command<ForwardRequest> = {
  produces: 'forward',
  async run(request, context) {
    const source = sourceOf(request)
    await Promise.all(FORWARD_VALIDATORS.map(loadValidator))
    return source.kind === 'resume' ? resume(source.dir, request, context) : begin(source.run, request, context)
  },
}

/** Published metric by which a candidate is chosen. */
const DEFAULT_METRIC = 'sharpe_simple'

/** Exactly one of a run and a session; nothing falls through to another command. */
function sourceOf(request: ForwardRequest): { kind: 'begin'; run: string } | { kind: 'resume'; dir: string } {
  const { run_dir, forward_eval, resume_forward } = request
  const given = [run_dir, forward_eval, resume_forward].filter(value => value !== undefined)
  if (given.length === 1 || (given.length === 2 && run_dir !== undefined && run_dir === forward_eval)) {
    return resume_forward === undefined ? { kind: 'begin', run: given[0]! } : { kind: 'resume', dir: resume_forward }
  }
  const message =
    given.length === 0
      ? 'forward needs run_dir (a run or sweep to take a candidate from) or resume_forward (a session to go on with).'
      : 'forward takes one of run_dir and resume_forward, not both.'
  throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/run_dir', message }] })
}

/** A new session. */
async function begin(run: string, request: ForwardRequest, context: Context): Promise<Outcome> {
  const now = context.clock.now()
  const window = forwardWindow(request.forward_start, request.forward_end, now)
  const { forward_outdir: asked } = request
  const wanted = asked === undefined ? undefined : insideRoot(context.root, context.cwd, asked)
  const dir = locateRun(run, context)
  if (dir === null) throw noSuchRuns([{ name: run, pointer: '/params/run_dir' }], context)
  const chosen = await chooseCandidate(dir, request.forward_metric ?? DEFAULT_METRIC, request.ticker, now)
  refuseUnknownMetric(request.forward_metric, chosen.candidate)
  const { choice } = chosen
  const candidate = { ...chosen.candidate, calendar: request.calendar ?? chosen.candidate.calendar }
  const warmup = choice.strategy.warmup(choice.params)
  const opened = await forwardBars(context.root, candidate, request.dataset_id, window, warmup)
  const startingCash = request.initial_cash ?? candidate.initial_cash
  const segment = evaluate({ candidate, choice }, opened, window.start, null, openAccount(startingCash))
  const warnings = [...tickerWarning(request, candidate.ticker), ...inSampleWarning(candidate.source_end, window)]
  if (segment.ts.length === 0) warnings.push(nothingYet(window, candidate.ticker))
  warnings.push(...opened.warnings)

  const stamp = runIdOf(now, '', '').slice(0, 15)
  const folder = layout.forwardRuns(context.root)
  const claimed = claimSession(context.root, wanted === undefined ? { folder, name: `fwd_${stamp}` } : { wanted })
  const created = isoInstant(now)
  const parts = {
    ...{ candidate, choice, opened, window, segment, startingCash, warnings },
    record: recordOf(null, segment, startingCash),
    identity: {
      session_id: hashOf({ candidate, created_at: created, place: claimed.path }).slice(0, 8),
      run_id: claimed.runId,
      created_at: created,
      updated_at: isoInstant(context.clock.now()),
      eval_start: window.startText,
      original_eval_start: window.startText,
    },
    before: null,
    labels: context.labels ?? {},
  }
  const announce = () => {
    if (context.abort.aborted) throw fail('ABORTED', {})
    context.beforePublish(claimed.runId, claimed.path)
  }
  const write = (files: SessionFiles) => {
    const session = sessionOf(parts)
    writeSession(files, session, context)
    return session
  }
  const session = await makeSession(claimed, write, announce)
  return outcomeOf(claimed.path, session, context, run, registerPublished)
}

/** A source with one result needs no metric to choose it; one that is asked for must be there all the same. */
function refuseUnknownMetric(asked: string | undefined, { selection_value, source_run_id }: ForwardCandidate): void {
  if (asked === undefined || selection_value !== null) return
  const message = `forward_metric '${asked}' is no number in the result of ${source_run_id}.`
  const hint = 'Leave it out: there is one result to take.'
  throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/forward_metric', message }], hint })
}

/** Go on with a session on the bars that have come since. */
async function resume(named: string, request: ForwardRequest, context: Context): Promise<Outcome> {
  const place = placeOf(named, context)
  const release = await lockSession(context.root, place, context.abort)
  try {
    const stored = readSession(place)
    const { state } = stored
    const { candidate, choice } = await storedCandidate(state.candidate)
    refuseChanges(request, state, place, context)
    const started = timestampOf(state.original_eval_start ?? state.eval_start)
    const after = state.last_timestamp === null ? null : timestampOf(state.last_timestamp)
    if (started === null || (state.last_timestamp !== null && after === null)) throw badTimes(place)
    const now = context.clock.now()
    const window = resumeWindow(request, isoInstant(started), state.original_eval_start ?? state.eval_start, now)
    const warmup = choice.strategy.warmup(choice.params)
    // A session without bars yet may find none again; one with bars needs those it has evaluated.
    const reach = { ...window, end: Math.max(window.end, (after ?? window.start) + 1) }
    const opened = await forwardBars(context.root, candidate, request.dataset_id, reach, warmup)
    const account = { cash: state.cash, qty: state.qty, target: state.target ?? Math.sign(state.qty) }
    const segment = evaluate({ candidate, choice }, opened, started, after, account)
    refuseGap(request, segment)
    const warnings = [...dataWarning(state.data_hash, opened, segment, after), ...opened.warnings]
    const session = sessionOf({
      ...{ candidate, choice, opened, window, segment, startingCash: state.starting_cash, warnings },
      record: recordOf(recordUntil(stored, after, place), segment, state.starting_cash),
      identity: {
        session_id: state.session_id,
        run_id: basename(place),
        created_at: state.created_at,
        updated_at: isoInstant(now),
        eval_start: state.eval_start,
        original_eval_start: state.original_eval_start ?? state.eval_start,
      },
      before: state,
      labels: { ...labelsIn(place), ...context.labels },
    })
    if (context.abort.aborted) throw fail('ABORTED', {})
    updateSession(place, files => writeSession(files, session, context))
    return outcomeOf(place, session, context, named, registerContinued)
  } finally {
    release()
  }
}

/** A session by its id below outputs/forward_runs, or by the path of its directory. */
function placeOf(named: string, { root, cwd }: Context): string {
  const own = layout.forwardRun(root, named)
  return isRunName(named) && isSession(own) ? own : insideRoot(root, cwd, named)
}

function evaluate(
  { candidate, choice }: ChosenCandidate,
  opened: OpenedBars,
  start: number,
  after: number | null,
  account: BrokerState,
): ForwardSegment {
  const { fee_rate: fee, slippage_bps, slippage_mode, k_atr, execution } = candidate
  const costs = { fee, slippage_bps, slippage_mode, k_atr }
  const { strategy, params } = choice
  return evaluateForward({ bars: opened.bars, start, after, strategy, params, costs, execution, account })
}

/** A session keeps what it began with: the same value again is no change. */
function refuseChanges(request: ForwardRequest, state: StoredSession['state'], place: string, context: Context): void {
  const { forward_metric, initial_cash, ticker, calendar, forward_outdir } = request
  const kept: [string, unknown, unknown][] = [
    ['forward_metric', forward_metric, state.candidate.selection_metric],
    ['initial_cash', initial_cash, state.starting_cash],
    ['ticker', ticker, state.candidate.ticker],
    ['calendar', calendar, state.candidate.calendar],
    ['forward_outdir', forward_outdir && resolvePath(context.root, context.cwd, forward_outdir), place],
  ]
  const details = kept.flatMap(([name, asked, has]): ErrorDetail[] => {
    if (asked === undefined || asked === has) return []
    const message = `a session keeps its ${name}: ${JSON.stringify(has ?? null)}, not ${JSON.stringify(asked)}`
    return [{ pointer: `/params/${name}`, message, expected: has ?? null }]
  })
  if (details.length === 0) return
  const hint = 'Leave it out, or begin a new session by run_dir.'
  throw fail('INVALID_CONFIG', { message: details.map(detail => detail.message).join('; ') }, { details, hint })
}

/** From the session's own start to the end asked for, which may lie before what is evaluated: then nothing is new. */
function resumeWindow(request: ForwardRequest, start: string, startText: string, nowMs: number): ForwardWindow {
  if (request.forward_start !== undefined) forwardWindow(request.forward_start, request.forward_end, nowMs)
  return { ...forwardWindow(start, request.forward_end, nowMs), startText }
}

/** `forward_start` of a resume names where the new segment begins: bars between the session and it may not be left out. */
function refuseGap({ forward_start }: ForwardRequest, { ts }: ForwardSegment): void {
  const asked = forward_start === undefined ? null : timestampOf(forward_start)
  if (asked === null || ts.length === 0 || asked <= ts[0]) return
  const message = `forward_start ${forward_start} would leave out bars from ${isoInstant(ts[0])} on; a session has no gaps.`
  const hint = 'Leave forward_start out: a resume goes on where the session ended.'
  throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/forward_start', message }], hint })
}

function badTimes(place: string): Error {
  return fail('INTEGRITY_ERROR', {
    message: `The state in ${place} has a time that is none (eval_start, last_timestamp).`,
  })
}

function tickerWarning({ ticker }: ForwardRequest, evaluated: string): string[] {
  if (ticker === undefined || ticker === evaluated) return []
  return [`The source names ${evaluated}, which was evaluated; ticker ${ticker} serves only where a source names none.`]
}

function inSampleWarning(sourceEnd: string | null, window: ForwardWindow): string[] {
  const { start, startText, endText, bounded } = window
  const end = sourceEnd === null ? null : timestampOf(sourceEnd)
  if (end === null || start >= end) return []
  const last = bounded && window.end < end ? endText : sourceEnd
  return [`Bars from ${startText} to ${last} are in the source's own data: they are no test of the candidate.`]
}

function nothingYet({ bounded, startText, endText }: ForwardWindow, ticker: string): string {
  if (!bounded) return `There is no bar of ${ticker} from ${startText} on yet: resume the session when there is.`
  const message = `No data: no bar of ${ticker} can be evaluated from ${startText} to ${endText}.`
  throw fail('DATA_ERROR', { message }, { hint: 'Choose a window inside the data, or register newer data.' })
}

/** A data set may be registered anew with other numbers; what was evaluated stays as it is, and the reader is told. */
function dataWarning(
  known: string | null | undefined,
  opened: OpenedBars,
  segment: ForwardSegment,
  after: number | null,
): string[] {
  if (!known || after === null || barsSeen(opened.bars, segment, after) === known) return []
  return [
    `Dataset ${opened.dataset.dataset_id} has other bars up to ${isoInstant(after)} than the session evaluated; ` +
      'its record is kept, the new bars are judged on the new data.',
  ]
}

async function outcomeOf(
  place: string,
  session: ForwardSession,
  context: Context,
  source: string,
  register: typeof registerPublished,
): Promise<Outcome> {
  const warnings = [...session.warnings, ...(await register(place, context))]
  try {
    warnings.push(...(await refreshRunsIndex(context.root, isoInstant(context.clock.now()))).warnings)
  } catch (error) {
    warnings.push(`The runs index could not be refreshed: ${(error as Error).message}. The next run does it.`)
  }
  const { summary, state } = session
  const fields = { run_id: state.run_id, artifacts_path: place, report_path: join(place, 'report.json'), summary }
  const index = indexFiles(context.root)
  return {
    answer: { ...fields, contract_type: 'quantlab.forward.result', runs_index_json: index.runs_index_json },
    signal: { ...fields, ...index },
    warnings,
    text: () => forwardText(place, session, source),
  }
}
