/** The data of a sweep: every combination of ticker, data set, interval and window that a trial may ask for, and the stages over it. */

import type {
  DatasetReference,
  SweepConfiguration,
  SweepMember,
  SweepPin,
  SweepScheme,
  SweepSplit,
} from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import { type OpenedBars, openBars } from '../../lake/open.ts'
import { type Bars, firstBarAt } from '../../market/bars.ts'
import { isoDate, isoInstant, parseInstant } from '../../market/calendar.ts'
import { type TrialSpace, trialValues } from '../../sweep/grid.ts'
import { frameBetween, type Stage } from '../../sweep/plan.ts'
import { checkedSplits, generateSplits, type Span, type Split, splitWarnings } from '../../sweep/splits.ts'
import { splitStages } from '../../sweep/walk-forward.ts'
import { orElsewhere } from '../dataset/fact.ts'
import { datasetReference } from '../dataset/reference.ts'
import { type GivenSweep, refused } from './config.ts'
import { DATA_PATHS } from './space.ts'

export interface SweepData {
  datasets: Bars[]
  references: DatasetReference[]
  /** What `config.data` of the resolved configuration says. */
  pins: SweepPin[]
  /** Number of the frames by the values of the parameters that select data; undefined where none does. */
  selections: Record<string, number> | undefined
  stages: Stage[]
  /** Of a walk-forward. */
  splits: readonly Split[] | null
  warnings: string[]
}

/** What one combination of data parameters asks for; `window` in epoch ms. */
interface Wanted {
  ticker: string
  interval: string
  dataset_id: string | undefined
  window: Span
}

/** The earliest instant there is: what lies before a window counts with `prefetch`. */
const LONG_AGO = -8_640_000_000_000_000

/** Combinations of data parameters a sweep may have; each is a set of frames. */
const MOST_SELECTIONS = 100_000

/** Open everything and cut the stages. INVALID_CONFIG for bad windows, DATA_ERROR for absent data, INTEGRITY_ERROR for pinned data that changed. */
export async function sweepData(sweep: GivenSweep, space: TrialSpace, root: string): Promise<SweepData> {
  const { config } = sweep
  const wanted = wantedData(sweep, space)
  const given = givenSplits(config)
  const sources = new Map<string, { at: number; one: Wanted; windows: Span[] }>()
  const places = [...wanted.values()].map(one => {
    const key = JSON.stringify([one.ticker, one.interval, one.dataset_id])
    const source = sources.get(key) ?? { at: sources.size, one, windows: [] }
    sources.set(key, source)
    source.windows.push(one.window)
    return source.at
  })
  const opened: OpenedBars[] = []
  const pins: SweepPin[] = []
  for (const { one, windows } of sources.values()) {
    const spans = given?.flatMap(({ train, test }) => [train, test]) ?? windows
    const data = await openWanted(root, one, spanOf(spans), config)
    const { ticker, interval } = one
    const { dataset_id, content_hash } = data.dataset
    opened.push(data)
    pins.push({ ticker, interval, dataset_id, content_hash })
  }
  const warnings = opened.flatMap(data => data.warnings)
  const datasets = opened.map(({ bars }) => bars)
  const windows = [...wanted.values()].map(({ window }) => window)
  const splits = config.walk_forward === undefined ? given : generatedSplits(config.walk_forward, datasets, windows[0])
  if (splits !== null) warnings.push(...splitWarnings(splits))
  const frames = windows.map(({ start, end }, k) => frameBetween(datasets, places[k], start, end))
  return {
    datasets,
    references: opened.map(datasetReference),
    pins,
    selections: wanted.has('') ? undefined : Object.fromEntries([...wanted.keys()].map((key, k) => [key, k])),
    stages:
      splits === null
        ? [{ name: 'grid', frames, warmup: config.warmup }]
        : splitStages(
            splits,
            datasets,
            places.map(dataset => ({ dataset })),
            config.warmup,
          ),
    splits,
    warnings,
  }
}

/** Splits as configurations write them. */
export function splitTexts(splits: readonly Split[]): SweepSplit[] {
  const text = (at: number) => (at % 86_400_000 === 0 ? isoDate(at) : isoInstant(at))
  const span = ({ start, end }: Span) => ({ start: text(start), end: text(end) })
  return splits.map(({ name, train, test }) => ({ name, train: span(train), test: span(test) }))
}

/** Every combination by the key of its values, in the order of the trials; the key is empty where no parameter selects data. */
function wantedData(sweep: GivenSweep, space: TrialSpace): Map<string, Wanted> {
  const selecting = space.dimensions.flatMap(({ path }, d) => (DATA_PATHS.includes(path) ? [d] : []))
  const found = new Map<string, Wanted>()
  if (selecting.length === 0) return found.set('', wantedOf(sweep, {}))
  const add = (values: readonly unknown[]) => {
    const key = JSON.stringify(values.map(value => value ?? null))
    if (found.has(key)) return
    const own = Object.fromEntries(selecting.map((d, k) => [space.dimensions[d].path, values[k]]))
    found.set(key, wantedOf(sweep, own))
    if (found.size > MOST_SELECTIONS) {
      const message = `The sweep asks for more than ${MOST_SELECTIONS} combinations of data: use fewer tickers and windows.`
      throw fail('INVALID_CONFIG', { message })
    }
  }
  if (space.list !== null) {
    for (let trial = 0; trial < space.size; trial++) {
      const values = trialValues(space, trial)
      add(selecting.map(d => values[d]))
    }
    return found
  }
  const lists = selecting.map(d => space.dimensions[d].values as readonly unknown[])
  const digits = lists.map(() => 0)
  for (;;) {
    add(lists.map((values, k) => values[digits[k]]))
    let k = digits.length - 1
    while (k >= 0 && ++digits[k] === lists[k].length) digits[k--] = 0
    if (k < 0) return found
  }
}

function wantedOf({ config, path, pointer }: GivenSweep, own: Record<string, unknown>): Wanted {
  const { universe, ...rest } = own
  const named = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const settings = { ...config, ...named, ...(universe as SweepMember | undefined) } as SweepConfiguration
  const [start, end] = [parseInstant(settings.start as string), parseInstant(settings.end as string)]
  if (start === null || end === null || start >= end) {
    const message = `the window from ${settings.start} to ${settings.end} is empty or no window at all`
    throw refused(path, [{ pointer: `${pointer}/start`, message }])
  }
  const { ticker, interval, dataset_id } = settings
  return { ticker: ticker as string, interval: interval as string, dataset_id, window: { start, end } }
}

async function openWanted(root: string, wanted: Wanted, window: Span, config: SweepConfiguration): Promise<OpenedBars> {
  const { ticker, interval, dataset_id } = wanted
  const pin = config.data?.find(
    one => one.ticker === ticker && one.interval === interval && (dataset_id ?? one.dataset_id) === one.dataset_id,
  )
  const request = { dataset_id: pin?.dataset_id ?? dataset_id, symbol: ticker, interval, ...window }
  const opened = await orElsewhere(root, [request.dataset_id], () => openBars(root, request))
  const { dataset } = opened
  if (pin !== undefined && pin.content_hash !== dataset.content_hash) {
    throw fail(
      'INTEGRITY_ERROR',
      { message: `Dataset ${dataset.dataset_id} does not hold the data that the sweep is made for.` },
      { details: [{ pointer: '/data', message: `content is ${dataset.content_hash}`, expected: pin.content_hash }] },
    )
  }
  if (config.warmup === 'inside') return opened
  const longer = await openBars(root, { ...request, dataset_id: dataset.dataset_id, start: LONG_AGO })
  return { ...longer, warnings: opened.warnings }
}

/** The splits that are written out, checked; null where there are none. */
function givenSplits({ splits }: SweepConfiguration): readonly Split[] | null {
  if (splits === undefined || splits.length === 0) return null
  return checkedSplits(splits.map(({ name, train, test }) => ({ name, train: spanFrom(train), test: spanFrom(test) })))
}

function spanFrom({ start, end }: { start: string; end: string }): Span {
  return { start: parseInstant(start) as number, end: parseInstant(end) as number }
}

function spanOf(spans: readonly Span[]): Span {
  return { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)) }
}

/** Generated over the data set with the most bars in the window; all instruments are cut at the same instants. */
function generatedSplits(scheme: SweepScheme, datasets: readonly Bars[], { start, end }: Span): readonly Split[] {
  const timelines = datasets.map(({ ts }) => ts.subarray(firstBarAt(ts, start), firstBarAt(ts, end)))
  return generateSplits(
    timelines.reduce((longest, ts) => (ts.length > longest.length ? ts : longest)),
    scheme,
  )
}
