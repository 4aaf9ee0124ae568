/** The panel a run of the monitor reads: which data set, which days. */

import type { RunRequest } from '../../../contracts/types.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { listDatasets } from '../../lake/datasets.ts'
import type { Manifest } from '../../lake/manifest.ts'
import { type OpenedPanel, openPanel } from '../../lake/panel-open.ts'
import { DAY_MS, isIsoDate, isoDate, parseInstant } from '../../market/calendar.ts'
import { orElsewhere } from '../dataset/fact.ts'

/** Days by their number since 1970-01-01, both inclusive; `start` null for the panel's first day. */
export interface RegimeWindow {
  start: number | null
  end: number
  /** Days before `start` that only warm the features up. */
  prefetch: number
}

/** A panel cut to a window. */
export interface RegimeData {
  opened: OpenedPanel
  /** Row of the first requested day; rows before it are warm-up. */
  start: number
  warnings: string[]
}

/** The requested days; INVALID_CONFIG for a date that does not exist or is no plain date, or an end before the start. */
export function regimeWindow(request: Pick<RunRequest, 'start' | 'end' | 'asof' | 'prefetch_days'>): RegimeWindow {
  const details: ErrorDetail[] = []
  const day = (name: 'start' | 'end' | 'asof', text: string): number => {
    const instant = isIsoDate(text) ? parseInstant(text) : null
    if (instant === null) details.push({ pointer: `/params/${name}`, message: `'${text}' is no date YYYY-MM-DD` })
    return (instant ?? 0) / DAY_MS
  }
  const window =
    request.asof !== undefined
      ? { start: null, end: day('asof', request.asof), prefetch: 0 }
      : { start: day('start', request.start), end: day('end', request.end), prefetch: request.prefetch_days ?? 0 }
  if (details.length === 0 && window.start !== null && window.start > window.end) {
    const message = `end ${request.end} must not be before start ${request.start} (both days are inclusive)`
    details.push({ pointer: '/params/end', message })
  }
  if (details.length > 0) throw fail('INVALID_CONFIG', { message: details[0].message }, { details })
  return window
}

/**
 * Open the panel of a window: the named data set, else the one that covers most of its days, then the latest, then by id. DATA_ERROR where
 * there is none, and for a day of signals that the panel does not have; further as `openPanel`.
 */
export async function regimeData(
  root: string,
  dataset_id: string | undefined,
  { start, end, prefetch }: RegimeWindow,
): Promise<RegimeData> {
  const id = dataset_id ?? choose(root, start, end)
  const from = start === null ? {} : { start: (start - prefetch) * DAY_MS }
  const opened = await orElsewhere(root, [id], () => openPanel(root, { dataset_id: id, end: end * DAY_MS, ...from }))
  const { panel } = opened
  const last = panel.firstDay + panel.days - 1
  if (start === null && last !== end) throw outside(id, end, last)
  const chosen = dataset_id === undefined ? [`Data set ${id} was chosen: no dataset_id was given`] : []
  return {
    opened,
    start: start === null ? 0 : Math.max(0, start - panel.firstDay),
    warnings: [...chosen, ...opened.warnings],
  }
}

function outside(id: string, day: number, last: number): Error {
  const message = `Panel ${id} has no ${isoDate(day * DAY_MS)}: it ends on ${isoDate(last * DAY_MS)}`
  return fail('DATA_ERROR', { message }, { details: [{ pointer: '/params/asof', message }] })
}

function choose(root: string, start: number | null, end: number): string {
  const panels = listDatasets(root, { kind: 'panel' }).filter(({ materialised }) => materialised)
  if (panels.length === 0) {
    throw fail(
      'DATA_ERROR',
      { message: 'No panel is registered' },
      { hint: 'quantlab dataset register --kind panel --id … --path … registers one.' },
    )
  }
  const covered = ({ coverage }: Manifest): number => {
    const from = dayOf(coverage.from)
    return Math.min(end, dayOf(coverage.to)) - Math.max(start ?? from, from) + 1
  }
  const [best] = panels.toSorted(
    (a, b) =>
      covered(b) - covered(a) ||
      (a.created_at < b.created_at ? 1 : a.created_at > b.created_at ? -1 : a.dataset_id < b.dataset_id ? -1 : 1),
  )
  return best.dataset_id
}

function dayOf(instant: string | null): number {
  return Math.floor((parseInstant(instant ?? '') ?? Number.NaN) / DAY_MS)
}
