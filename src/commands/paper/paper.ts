/** `paper`: a paper session over the history of a data set, or live over a feed; `run` with paper comes here too. */

import type { PaperRequest, RunRequest, SessionStatus } from '../../../contracts/types.ts'
import { isPaperSession } from '../../artifacts/paper-reader.ts'
import {
  adoptPaperSession,
  createPaperSession,
  loadSessionSchemas,
  type PaperSessionDir,
} from '../../artifacts/paper-session.ts'
import { fail, GatewayError } from '../../base/errors.ts'
import { layout } from '../../base/layout.ts'
import { thisProcess } from '../../base/owner.ts'
import { isoInstant } from '../../base/time.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import { reachedLimit } from '../../engine/session.ts'
import { SessionRun } from '../../engine/session-run.ts'
import { openBars } from '../../lake/open.ts'
import { sliceBars } from '../../market/bars.ts'
import type { Command, Context, Outcome } from '../command.ts'
import { orElsewhere } from '../dataset/fact.ts'
import { datasetReference } from '../dataset/reference.ts'
import { answerAgain, isPublished } from '../publish.ts'
import type { StrategyChoice } from '../strategy-choice.ts'
import { conduct, type EndedSession } from './close.ts'
import {
  absoluteFeed,
  contradiction,
  limitsOf,
  metadataAtBirth,
  type PaperPlan,
  planOf,
  planOfRun,
  planToResume,
  statusAtBirth,
} from './config.ts'
import { refuseSharedInput } from './feed.ts'
import { followFeed } from './live.ts'

export const paper: Command<PaperRequest> = {
  async run(request, context) {
    if (request.feed !== undefined) refuseSharedInput(request.feed.path, context.input)
    if (request.resume !== undefined) return resume(request.resume, request, context)
    const plan = await planOf(request)
    const begun = request.feed === undefined ? undefined : context.interrupted
    return (begun === undefined ? null : await goOn(begun, request, context)) ?? begin(plan, context)
  },
}

/** `run` with paper: a session over history. */
export async function paperOfRun(request: RunRequest, context: Context): Promise<Outcome> {
  return begin(await planOfRun(request), context)
}

/** What an earlier attempt of this very request began over a feed goes on; null where nothing of it is left. */
async function goOn(
  begun: string,
  { report, save_price_plot }: PaperRequest,
  context: Context,
): Promise<Outcome | null> {
  const path = layout.paperSession(context.root, begun)
  if (!isPaperSession(path)) return null
  if (isPublished(path)) return { answer: answerAgain(path, context.root), warnings: [] }
  context.beforeWork?.(begun)
  return resume(begun, { report, save_price_plot }, context)
}

async function begin(plan: PaperPlan, context: Context): Promise<Outcome> {
  await loadSessionSchemas()
  const session = createPaperSession(context.root, context.clock.now(), {
    config: plan.config,
    metadata: sessionId => metadataAtBirth(sessionId, plan, context),
    status: sessionId => statusAtBirth(sessionId, plan, context),
  })
  if (plan.config.feed !== null) context.beforeWork?.(session.sessionId)
  return conduct(session, plan, context, async () => {
    const choice = chosen(plan)
    const run = sessionRunOf(plan, choice)
    return plan.config.feed === null
      ? overHistory(run, choice, plan, context)
      : followFeed(session, run, choice, plan, context)
  })
}

/** What a resumed session does not keep: everything else stands in its configuration. */
const BESIDE_RESUME = ['resume', 'feed', 'report', 'save_price_plot', 'trace_id']

/** Go on with a session that was killed, aborted or failed, exactly where it was. */
async function resume(sessionId: string, request: PaperRequest, context: Context): Promise<Outcome> {
  const { report = false, save_price_plot = false } = request
  const beside = Object.keys(request).find(name => !BESIDE_RESUME.includes(name))
  if (beside !== undefined) throw contradiction(beside, 'does not go with resume: the session keeps what it began with')
  await loadSessionSchemas()
  const session = adoptPaperSession(layout.paperSession(context.root, sessionId), sessionId)
  let plan: PaperPlan
  try {
    refuseUnresumable(session)
    plan = await planToResume(session.config, { report, save_price_plot })
    const {
      finished_at: _,
      duration_seconds: __,
      message: ___,
      error_type: ____,
      recovered_at: _____,
      ...status
    } = session.status
    session.restart({
      ...status,
      status: 'running',
      status_reason: 'active',
      terminal: false,
      stop_reason: null,
      ...feedOf(status, request.feed, context),
      updated_at: isoInstant(context.clock.now()),
      process: { ...thisProcess() },
      resume_count: status.resume_count + 1,
    })
  } catch (error) {
    session.release()
    throw error
  }
  return conduct(session, plan, context, async () => {
    const choice = chosen(plan)
    return followFeed(session, sessionRunOf(plan, choice), choice, plan, context)
  })
}

/** Another feed is read from its start: what was processed before are duplicates there. */
function feedOf(
  { feed, feed_offset }: Pick<SessionStatus, 'feed' | 'feed_offset'>,
  asked: PaperRequest['feed'],
  { cwd }: Context,
): Pick<SessionStatus, 'feed' | 'feed_offset'> {
  if (asked === undefined) return { feed, feed_offset }
  const now = absoluteFeed(asked, cwd)
  return { feed: now, feed_offset: now.path === feed?.path ? feed_offset : 0 }
}

function refuseUnresumable({ sessionId, config, status, metadata }: PaperSessionDir): void {
  const refuse = (why: string, hint: string) =>
    fail('CONFLICT', { message: `The paper session ${sessionId} cannot be resumed: ${why}.` }, { hint })
  if (config.feed === null) throw refuse('it ran over history', 'Send its request again: it is computed at once.')
  if (status.status === 'success') throw refuse('it is complete', 'Start a new session.')
  if (status.status_reason === 'risk_limit') throw refuse('it reached its risk limit', 'Start a new session.')
  if (metadata.engine_version !== ENGINE_VERSION) {
    const versions = `${metadata.engine_version} of the engine, not ${ENGINE_VERSION}`
    throw refuse(`it was run by version ${versions}`, 'Resume it with that version, or start a new session.')
  }
}

function chosen({ choice }: PaperPlan): StrategyChoice {
  if (choice instanceof GatewayError) throw choice
  return choice
}

function sessionRunOf({ config }: PaperPlan, { strategy, params }: StrategyChoice): SessionRun {
  const { fee, slippage_bps, slippage_mode, k_atr, execution, initial_cash: initialCash } = config
  return new SessionRun({
    strategy,
    params,
    execution,
    costs: { fee, slippage_bps, slippage_mode, k_atr },
    initialCash,
  })
}

/** All bars at once through the same steps as a live session. */
async function overHistory(
  run: SessionRun,
  choice: StrategyChoice,
  { config, window }: PaperPlan,
  context: Context,
): Promise<EndedSession> {
  const { ticker: symbol, interval } = config
  const dataset_id = config.dataset_id ?? undefined
  const open = () => openBars(context.root, { dataset_id, symbol, interval, ...window })
  const opened = await orElsewhere(context.root, [dataset_id], open)
  const { length } = opened.bars.ts
  const cut = config.max_bars !== null && config.max_bars < length
  const bars = cut ? sliceBars(opened.bars, 0, config.max_bars!) : opened.bars
  run.see(bars)
  const limits = limitsOf(config)
  let stop_reason: EndedSession['stop_reason'] = cut ? 'max_bars' : 'end_of_history'
  while (run.processed < bars.ts.length) {
    if (run.processed % ABORT_EVERY === 0) await yieldToSignals(context)
    if (run.next() === null) continue
    const limit = reachedLimit(run.state, limits)
    if (limit === null) continue
    stop_reason = limit
    break
  }
  await yieldToSignals(context)
  const dataset = datasetReference({ ...opened, bars: run.processed === 0 ? bars : run.bars })
  return { run, choice, dataset, feed: null, stop_reason, warnings: opened.warnings, tables: true }
}

const ABORT_EVERY = 4096

/** Let a signal that has arrived be heard, and stop here if there was one. */
async function yieldToSignals({ abort }: Context): Promise<void> {
  await new Promise<void>(resolve => setImmediate(resolve))
  if (abort.aborted) throw fail('ABORTED', {})
}
