/** Replay of a paper session: the bars it processed, stepped through again as a session of its own. */

import { join } from 'node:path'
import type {
  FeedReference,
  PaperConfig,
  PaperMetadata,
  PaperMetrics,
  PaperReport,
  SessionStatus,
} from '../../../contracts/types.ts'
import { readJournal } from '../../artifacts/paper-journal.ts'
import { createPaperSession, loadSessionSchemas } from '../../artifacts/paper-session.ts'
import type { RunFiles } from '../../artifacts/run-reader.ts'
import { fail, GatewayError } from '../../base/errors.ts'
import { readTextIfPresent } from '../../base/files.ts'
import { reachedLimit } from '../../engine/session.ts'
import { SessionRun } from '../../engine/session-run.ts'
import { snapshotHash } from '../../lake/content.ts'
import { type Bars, sliceBars } from '../../market/bars.ts'
import { isoInstant } from '../../market/calendar.ts'
import { shownBy } from '../artifact/document.ts'
import { runIdIn } from '../artifact/folder.ts'
import { storedEquity } from '../artifact/verify.ts'
import type { Context, Outcome } from '../command.ts'
import { datasetReference } from '../dataset/reference.ts'
import { SessionBars } from '../paper/bars.ts'
import { conduct, type EndedSession } from '../paper/close.ts'
import { limitsOf, metadataAtBirth, type PaperPlan, planToResume, statusAtBirth } from '../paper/config.ts'
import type { StrategyChoice } from '../strategy-choice.ts'
import type { ReplayLink } from './link.ts'
import { recordedBars, storedTrades } from './run.ts'
import { replayOf } from './verdict.ts'

/** What a session that ended in order left behind. */
interface Ended {
  path: string
  config: PaperConfig
  metadata: PaperMetadata & { result_hash: string }
  report: PaperReport
}

/** CONFLICT for a session without a result: it runs, or was aborted or failed. */
export function requireResult(path: string, { metadata, report }: RunFiles): void {
  if (report !== null && typeof metadata?.['result_hash'] === 'string') return
  throw fail(
    'CONFLICT',
    { message: `The paper session ${runIdIn(path)} has no result to compare with: it did not end in order.` },
    { hint: 'Resume it first: paper with `resume`, where it is a live one.' },
  )
}

/** Execute a verified session again and compare; errors as `replayRun`. */
export async function replayPaper(path: string, stored: RunFiles, context: Context): Promise<Outcome> {
  const { config, metadata, report } = stored as unknown as Omit<Ended, 'path'>
  const ended: Ended = { path, config, metadata, report }
  const plan = await planToResume(config, shownBy(path, stored.report))
  const { bars, warnings, feed } = await inputOf(ended, plan, context)
  const { summary, best_result, extended, broker } = stored.metrics as unknown as PaperMetrics
  const result = {
    metrics: { summary, best_result, extended, broker },
    trades_csv: storedTrades(path),
    equity: await storedEquity(path),
  }
  return replayOf(metadata, result, link => session(ended, plan, { bars, warnings, feed }, context, link))
}

interface Input {
  bars: Bars
  warnings: string[]
  /** Null where the bars came from a data set. */
  feed: FeedReference | null
}

/** The bars of the data set, or of the journal of a live session; INTEGRITY_ERROR where they are not those that were processed. */
async function inputOf({ path, config, metadata }: Ended, plan: PaperPlan, context: Context): Promise<Input> {
  if (metadata.dataset !== null) {
    const { ticker, interval } = config
    const opened = await recordedBars(path, { ticker, interval, window: plan.window }, metadata.dataset, context.root)
    const most = Math.min(config.max_bars ?? opened.bars.ts.length, opened.bars.ts.length)
    return { bars: sliceBars(opened.bars, 0, most), warnings: opened.warnings, feed: null }
  }
  const { ticker: symbol, interval, calendar } = config
  const journal = new SessionBars({
    ...{ symbol, interval, calendar: calendar ?? 'crypto', ...plan.window },
    now: () => context.clock.now(),
  })
  journal.restore(readJournal(path, 0))
  const { bars } = journal
  const recorded = metadata.feed as FeedReference
  if (snapshotHash(bars) !== recorded.snapshot_hash) {
    const message = `${join(path, 'bars.csv')} does not hold the bars that were processed`
    throw fail('INTEGRITY_ERROR', { message }, { hint: 'Restore the file from a copy.' })
  }
  return { bars, warnings: [], feed: recorded }
}

async function session(
  ended: Ended,
  plan: PaperPlan,
  input: Input,
  context: Context,
  replay: ReplayLink,
): Promise<Outcome> {
  await loadSessionSchemas()
  const { rejected } = ended.report
  const directory = createPaperSession(context.root, context.clock.now(), {
    config: plan.config,
    metadata: id => ({ ...metadataAtBirth(id, plan, context), replay_of: replay.of }),
    status: (id): SessionStatus => ({ ...statusAtBirth(id, plan, context), rejected }),
  })
  return conduct(directory, plan, context, async () => {
    // The journal is the input of a live session: with it the replay can itself be replayed.
    for (const name of input.feed === null ? [] : ['bars.csv', 'rejected.csv']) {
      directory.write(name, readTextIfPresent(join(ended.path, name)) ?? '')
    }
    return { ...(await steps(ended, plan, input, context)), replay }
  })
}

/** Every bar through the same steps as the first time, with the same limits. */
async function steps(ended: Ended, plan: PaperPlan, input: Input, context: Context): Promise<EndedSession> {
  const { config, choice } = plan
  if (choice instanceof GatewayError) throw choice
  const run = runOf(config, choice)
  const limits = limitsOf(config)
  let limit: ReturnType<typeof reachedLimit> = null
  run.see(input.bars)
  while (run.processed < input.bars.ts.length && limit === null) {
    if (run.processed % ABORT_EVERY === 0) {
      await new Promise<void>(done => setImmediate(done))
      if (context.abort.aborted) throw fail('ABORTED', {})
    }
    if (run.next() !== null) limit = reachedLimit(run.state, limits)
  }
  const recorded = ended.metadata.dataset
  const { dataset_id, content_hash } = recorded ?? { dataset_id: '', content_hash: '' }
  const { calendar } = run.bars
  return {
    run,
    choice,
    dataset:
      recorded === null
        ? null
        : datasetReference({
            bars: run.bars,
            dataset: { dataset_id, content_hash, calendar, family: null },
            warnings: [],
          }),
    feed: input.feed === null ? null : feedReference(input.feed.source, run.bars),
    stop_reason: limit ?? ended.report.stop_reason,
    warnings: input.warnings,
    tables: true,
  }
}

const ABORT_EVERY = 4096

function runOf(config: PaperConfig, { strategy, params }: StrategyChoice): SessionRun {
  const { fee, slippage_bps, slippage_mode, k_atr, execution, initial_cash: initialCash } = config
  return new SessionRun({
    ...{ strategy, params, execution, initialCash },
    costs: { fee, slippage_bps, slippage_mode, k_atr },
  })
}

function feedReference(source: string, bars: Bars): FeedReference {
  const { ts } = bars
  return {
    source,
    snapshot_hash: snapshotHash(bars),
    bars: ts.length,
    first_bar: isoInstant(ts[0]),
    last_bar: isoInstant(ts[ts.length - 1]),
  }
}
