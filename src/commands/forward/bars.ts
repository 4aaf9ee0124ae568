/** The window of a forward evaluation and the bars that it and its warm-up need. */

import type { ForwardCandidate } from '../../../contracts/types.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { type OpenedBars, openBars } from '../../lake/open.ts'
import { firstBarAt, sliceBars } from '../../market/bars.ts'
import { DAY_MS, intervalMs, isoDate, isoInstant, parseInstant } from '../../market/calendar.ts'
import { orElsewhere } from '../dataset/fact.ts'

/** Evaluation [start, end) as instants, and as artifacts name it. */
export interface ForwardWindow {
  start: number
  end: number
  startText: string
  endText: string
  /** An end was asked for; without one the evaluation goes on for as long as there are data. */
  bounded: boolean
}

/** How far before the window data are read, as published; more where a strategy needs more. */
const LOOK_BACK_MS = 400 * DAY_MS
/** The beginning of time, for a strategy whose warm-up is longer. */
const LONG_AGO = Date.UTC(1, 0, 1)

/**
 * The window from the texts of a request; what is left out is today (UTC midnight). INVALID_CONFIG for a date that does not
 * exist and for an end that is not after the start.
 */
export function forwardWindow(start: string | undefined, end: string | undefined, nowMs: number): ForwardWindow {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS
  const details: ErrorDetail[] = []
  const instant = (text: string | undefined, name: string) => {
    const at = text === undefined ? today : parseInstant(text)
    if (at === null) details.push({ pointer: `/params/${name}`, message: `'${text}' is no date of the calendar` })
    return at ?? today
  }
  const startMs = instant(start, 'forward_start')
  const endMs = end === undefined ? Math.max(today, startMs) : instant(end, 'forward_end')
  if (details.length === 0 && end !== undefined && startMs >= endMs) {
    const message = `forward_end ${end} must be after the start ${start ?? isoDate(today)} (the end is exclusive)`
    details.push({ pointer: '/params/forward_end', message })
  }
  if (details.length > 0) throw fail('INVALID_CONFIG', { message: details[0].message }, { details })
  return {
    start: startMs,
    end: endMs,
    startText: start ?? isoDate(today),
    endText: end ?? isoDate(endMs),
    bounded: end !== undefined,
  }
}

/**
 * Bars from 400 days before the window, or from as far back as `warmup` bars and one more need, to its end. Errors as `openBars`.
 * `warnings` say where the evaluation begins later or ends earlier than asked for.
 */
export async function forwardBars(
  root: string,
  candidate: ForwardCandidate,
  datasetId: string | undefined,
  window: ForwardWindow,
  warmup: number,
): Promise<OpenedBars> {
  const request = { dataset_id: datasetId, symbol: candidate.ticker, interval: candidate.interval, end: window.end }
  const first = () => openBars(root, { ...request, start: window.start - LOOK_BACK_MS })
  let opened = await orElsewhere(root, [datasetId], first)
  if (firstBarAt(opened.bars.ts, window.start) < warmup + 1) {
    const whole = await openBars(root, { ...request, dataset_id: opened.dataset.dataset_id, start: LONG_AGO })
    const first = firstBarAt(whole.bars.ts, window.start)
    const from = Math.min(Math.max(0, first - warmup - 1), whole.bars.ts.length - opened.bars.ts.length)
    opened = { ...whole, bars: sliceBars(whole.bars, from, whole.bars.ts.length) }
  }
  return { ...opened, warnings: shortfalls(opened, candidate, window, warmup) }
}

function shortfalls(
  { bars: { ts }, dataset }: OpenedBars,
  { ticker, interval }: ForwardCandidate,
  window: ForwardWindow,
  warmup: number,
): string[] {
  const step = intervalMs(interval)
  const slack = dataset.calendar === 'exchange' ? Math.max(step, 5 * DAY_MS) : step
  const warnings: string[] = []
  const first = Math.max(firstBarAt(ts, window.start), warmup)
  if (first < ts.length && ts[first] - window.start >= slack) {
    const why = first === warmup ? `the ${warmup} bars before it are the warm-up` : 'there are no bars before'
    warnings.push(`The evaluation of ${ticker} begins at ${isoInstant(ts[first])}, not at ${window.startText}: ${why}.`)
  }
  const last = ts[ts.length - 1]
  if (window.bounded && window.end - last > slack) {
    warnings.push(`The data of ${ticker} end with the bar ${isoInstant(last)}; the window goes to ${window.endText}.`)
  }
  return warnings
}
