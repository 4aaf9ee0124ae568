/** A live paper session: bars are processed as they come, journaled before they count, and found again after a kill. */

import type { FeedReference, LastRejectedBar, RejectedBars, SessionStatus } from '../../../contracts/types.ts'
import {
  type JournalBar,
  NOTHING_REJECTED,
  PaperJournal,
  type RejectedLine,
  reopenJournal,
  startJournal,
} from '../../artifacts/paper-journal.ts'
import type { PaperSessionDir } from '../../artifacts/paper-session.ts'
import { fail } from '../../base/errors.ts'
import { isoInstant } from '../../base/time.ts'
import { reachedLimit, type SessionStep } from '../../engine/session.ts'
import type { SessionRun } from '../../engine/session-run.ts'
import { snapshotHash } from '../../lake/content.ts'
import type { Context } from '../command.ts'
import type { StrategyChoice } from '../strategy-choice.ts'
import { type FeedEvent, gridWarnings, SessionBars } from './bars.ts'
import { type EndedSession, progressOf } from './close.ts'
import { limitsOf, type PaperPlan } from './config.ts'
import { feedAround, feedLines, STANDARD_INPUT } from './feed.ts'
import { EQUITY_HEADER, equityLine, TRADES_HEADER, tradeLines } from './figures.ts'

/** The status is written at most this often while bars come, and at least this often while none do. */
const BUSY_MS = 1000
const IDLE_MS = 5000

/** Follow the feed of the plan until something ends the session; takes up what the session has processed before. */
export async function followFeed(
  session: PaperSessionDir,
  run: SessionRun,
  choice: StrategyChoice,
  plan: PaperPlan,
  context: Context,
): Promise<EndedSession> {
  const live = new LiveSession(session, run, plan, context)
  const stop_reason = await live.follow()
  if (context.abort.aborted && stop_reason === null) throw fail('ABORTED', {})
  const feed = live.reference()
  return {
    run,
    choice,
    dataset: null,
    feed,
    stop_reason: stop_reason ?? 'end_of_feed',
    warnings: live.warnings(),
    tables: false,
  }
}

/** Owns the open files and the heartbeat of one session while its feed is followed. */
class LiveSession {
  readonly #session: PaperSessionDir
  readonly #run: SessionRun
  readonly #plan: PaperPlan
  readonly #context: Context
  readonly #source: string
  readonly #follow: boolean
  readonly #bars: SessionBars
  readonly #journal: PaperJournal
  readonly #stop = new AbortController()
  #rejected: RejectedBars = NOTHING_REJECTED
  #last: LastRejectedBar | null
  #offset = 0
  #restarts = 0
  /** Whether there is news since the last heartbeat, when that was, and what went wrong with it. */
  #news = false
  #beatAt = Number.NEGATIVE_INFINITY
  #fault: unknown

  constructor(session: PaperSessionDir, run: SessionRun, plan: PaperPlan, context: Context) {
    const { config, window } = plan
    const { path, follow } = session.status.feed!
    this.#session = session
    this.#run = run
    this.#plan = plan
    this.#context = context
    this.#follow = follow
    this.#source = path
    this.#last = session.status.last_rejected
    this.#bars = new SessionBars({
      symbol: config.ticker,
      interval: config.interval,
      calendar: config.calendar ?? 'crypto',
      ...window,
      now: () => context.clock.now(),
    })
    this.#journal = new PaperJournal(session.path, this.#restore())
  }

  /** Process the feed; why it ended, or null where it just ended or an abort cut it. */
  async follow(): Promise<EndedSession['stop_reason'] | null> {
    const end = () => this.#stop.abort()
    this.#context.abort.addEventListener('abort', end)
    if (this.#context.abort.aborted) end()
    const timer = setInterval(() => this.#tick(), BUSY_MS)
    try {
      return this.#reached() ?? (await this.#read())
    } finally {
      clearInterval(timer)
      this.#context.abort.removeEventListener('abort', end)
      // The final status is written on top of this one.
      this.#tick(true)
      this.#journal.close()
    }
  }

  /** What was processed. DATA_ERROR where nothing was. */
  reference(): FeedReference {
    if (this.#run.processed === 0) {
      const message = `The feed ${this.#source} brought no bar of ${this.#plan.config.ticker}${this.#refusals()}.`
      throw fail('DATA_ERROR', { message })
    }
    const { bars } = this.#run
    return {
      source: this.#source,
      snapshot_hash: snapshotHash(bars),
      bars: bars.ts.length,
      first_bar: isoInstant(bars.ts[0]),
      last_bar: isoInstant(bars.ts[bars.ts.length - 1]),
    }
  }

  warnings(): string[] {
    const { interval, calendar } = this.#plan.config
    const refusals = this.#refusals()
    return [
      ...gridWarnings(this.#run.bars.ts, interval, calendar),
      ...(refusals === '' ? [] : [`Lines of the feed were not traded on${refusals}; rejected.csv lists them.`]),
      ...(this.#restarts === 0 ? [] : [`The feed was cut or replaced ${this.#restarts} times and read again.`]),
    ]
  }

  /** Take up what the session has processed already, and make its tables anew; lines in rejected.csv. */
  #restore(): number {
    const { path, status } = this.#session
    if (status.resume_count === 0) startJournal(path)
    const { bars, rejectedLines } = reopenJournal(path, status.bars_seen)
    let equity = EQUITY_HEADER
    let trades = TRADES_HEADER
    if (bars.length > 0) {
      this.#bars.restore(bars)
      this.#run.see(this.#bars.bars)
      const { interval } = this.#plan.config
      for (const bar of bars) {
        const step = this.#run.next()
        if (step === null) continue
        equity += equityLine(bar.ts, bar.close, step, interval)
        trades += tradeLines(step.fills, interval)
      }
      const last = bars[bars.length - 1]
      this.#rejected = last.rejected
      // The journal knows the place better than the status, unless the session was given another feed: that begins at 0.
      this.#offset = status.feed_offset === 0 && status.bars_seen > 0 ? 0 : last.offset
    }
    this.#session.write('equity.csv', equity)
    this.#session.write('trades.csv', trades)
    return rejectedLines
  }

  async #read(): Promise<EndedSession['stop_reason'] | null> {
    this.#findPlace()
    const lines = feedLines({
      path: this.#source,
      follow: this.#follow,
      offset: this.#offset,
      abort: this.#stop.signal,
      input: this.#context.input,
      onRestart: () => {
        this.#restarts++
        this.#bars.forgetForm()
      },
    })
    for await (const batch of lines) {
      const { events, ended } = this.#bars.take(batch)
      // All bars that are there are decided at once, and then processed one by one.
      if (events.some(event => 'bar' in event)) this.#run.see(this.#bars.bars)
      for (const event of events) {
        const reason = await this.#process(event)
        if (reason !== null) return reason
        if (this.#stop.signal.aborted) break
      }
      if (this.#fault !== undefined) throw this.#fault
      if (this.#stop.signal.aborted) return null
      if (ended) return 'end_of_window'
      this.#tick()
    }
    return null
  }

  /** Go on behind the last bar, where the file still holds it there; a file that was replaced meanwhile is read from its start. */
  #findPlace(): void {
    if (this.#offset === 0 || this.#source === STANDARD_INPUT) return
    const { head, before } = feedAround(this.#source, this.#offset)
    this.#bars.learnForm(head)
    if (before !== null && this.#bars.isNewest(before)) return
    this.#offset = 0
    this.#restarts++
    this.#bars.forgetForm()
  }

  /** One line: nothing happens behind an abort, so that it comes between two bars. */
  async #process(event: FeedEvent): Promise<EndedSession['stop_reason'] | null> {
    if ('rejected' in event) {
      this.#reject(event.rejected)
      return null
    }
    await new Promise<void>(done => setImmediate(done))
    if (this.#stop.signal.aborted) return null
    const { bar } = event
    this.#journal.bar(bar)
    this.#rejected = bar.rejected
    this.#offset = bar.offset
    const step = this.#run.next()
    if (step !== null) this.#record(bar, step)
    this.#news = true
    return this.#reached()
  }

  #record(bar: JournalBar, step: SessionStep): void {
    const { interval } = this.#plan.config
    this.#journal.equity(equityLine(bar.ts, bar.close, step, interval))
    if (step.fills.length > 0) this.#journal.trades(tradeLines(step.fills, interval))
  }

  #reject({ kind, message, line, offset }: RejectedLine): void {
    this.#journal.rejected({ kind, message, line, offset })
    this.#rejected = { ...this.#rejected, [kind]: this.#rejected[kind] + 1 }
    this.#last = { kind, message, line }
    this.#news = true
  }

  /** The limit that the bars processed so far have reached. */
  #reached(): EndedSession['stop_reason'] | null {
    const { config } = this.#plan
    const limit = reachedLimit(this.#run.state, limitsOf(config))
    if (limit !== null) return limit
    return config.max_bars !== null && this.#run.processed >= config.max_bars ? 'max_bars' : null
  }

  /** Write a heartbeat where one is due. What goes wrong with it ends the session at the next bar. */
  #tick(now = false): void {
    const since = this.#context.clock.elapsed() - this.#beatAt
    if (!now && since < (this.#news ? BUSY_MS : IDLE_MS)) return
    try {
      // Bars first: the status must not tell of more than a power cut would leave.
      this.#journal.sync()
      this.#session.setStatus(this.#current())
      const total = this.#plan.config.max_bars
      const { run_id } = this.#session.metadata
      if (total !== null) this.#context.progress({ run_id, done: this.#run.processed, total })
      this.#news = false
      this.#beatAt = this.#context.clock.elapsed()
    } catch (error) {
      this.#fault = error
      this.#stop.abort()
    }
  }

  #current(): Partial<SessionStatus> {
    return {
      ...progressOf(this.#run),
      updated_at: isoInstant(this.#context.clock.now()),
      rejected: this.#rejected,
      last_rejected: this.#last,
      feed_offset: this.#offset,
    }
  }

  #refusals(): string {
    const counts = Object.entries(this.#rejected).filter(([, count]) => count > 0)
    return counts.length === 0 ? '' : `: ${counts.map(([kind, count]) => `${count} ${kind}`).join(', ')}`
  }
}
