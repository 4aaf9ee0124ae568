/** Splits of a walk-forward: training windows and the test windows that follow them, as given or generated. */

import { fail } from '../base/errors.ts'
import { DAY_MS } from '../market/calendar.ts'

/** Instants in epoch ms, `start` inclusive, `end` exclusive. */
export interface Span {
  start: number
  end: number
}

export interface Split {
  name: string
  train: Span
  test: Span
}

/** How to generate splits. Lengths are in bars of the timeline, or in calendar days. */
export interface SplitScheme {
  /** `rolling` keeps the length of the training window, `anchored` its start. */
  scheme: 'rolling' | 'anchored'
  unit: 'bars' | 'days'
  train: number
  test: number
  /** From one test window to the next; the length of the test window when absent, so that tests follow one another. */
  step?: number
  /** Left out at the end of each training window, whose trades may reach into what follows. */
  purge?: number
  /** Left out before each test window, in addition. */
  embargo?: number
}

/**
 * Splits over the bars `ts` (epoch ms, ascending), named split_1, split_2, …: training [a, b − purge), test [b + embargo, b +
 * embargo + test), b moving by `step`. Only whole test windows count. INVALID_CONFIG for bad lengths, DATA_ERROR where not
 * even one split fits.
 */
export function generateSplits(ts: Float64Array, scheme: SplitScheme): Split[] {
  const { unit, train, test, step = test, purge = 0, embargo = 0 } = scheme
  checkLengths({ train, test, step, purge, embargo }, unit)
  const { length } = ts
  if (length === 0) throw fail('DATA_ERROR', { message: 'There are no bars to split.' })
  // One instant past the last bar ends the timeline.
  const last = ts[length - 1] + 1
  const origin = unit === 'bars' ? 0 : ts[0]
  const end = unit === 'bars' ? length : last
  const size = unit === 'bars' ? 1 : DAY_MS
  const instant = (place: number) => (unit === 'bars' ? (place < length ? ts[place] : last) : place)
  const splits: Split[] = []
  for (let k = 0; ; k++) {
    const boundary = origin + (train + k * step) * size
    const testStart = boundary + embargo * size
    const testEnd = testStart + test * size
    // In days, a test window is whole where a bar lies at or after its end or it ends with the day of the last bar.
    if (unit === 'bars' ? testEnd > end : testEnd > end - 1 + DAY_MS) break
    const trainStart = scheme.scheme === 'anchored' ? origin : boundary - train * size
    splits.push({
      name: `split_${k + 1}`,
      train: { start: instant(trainStart), end: instant(boundary - purge * size) },
      test: { start: instant(testStart), end: instant(testEnd) },
    })
  }
  if (splits.length > 0) return splits
  throw fail('DATA_ERROR', {
    message: `No split fits: train ${train}, embargo ${embargo} and test ${test} ${unit} are longer than the data (${unit === 'bars' ? length : Math.round((end - origin) / DAY_MS)}); use shorter windows or more data.`,
  })
}

/** Splits as given, checked: INVALID_CONFIG for an empty window, a repeated name, or a test that begins before its training. */
export function checkedSplits(splits: readonly Split[]): readonly Split[] {
  const names = new Set<string>()
  for (const { name, train, test } of splits) {
    const problem = names.has(name)
      ? 'has the name of another split'
      : !(train.start < train.end)
        ? 'has an empty training window'
        : !(test.start < test.end)
          ? 'has an empty test window'
          : test.start < train.start
            ? 'tests before it trains'
            : null
    if (problem !== null) throw fail('INVALID_CONFIG', { message: `Split '${name}' ${problem}.` })
    names.add(name)
  }
  return splits
}

/** What a reader should know of splits that are allowed: tests that begin inside their own training, or share bars with another test. */
export function splitWarnings(splits: readonly Split[]): string[] {
  const warnings: string[] = []
  splits.forEach(({ name, train, test }, k) => {
    if (test.start < train.end)
      warnings.push(
        `The test window of split '${name}' begins inside its training window; only bars after it are out of sample.`,
      )
    for (const other of splits.slice(0, k)) {
      if (test.start < other.test.end && other.test.start < test.end)
        warnings.push(
          `The test windows of the splits '${other.name}' and '${name}' overlap; shared bars count once in the stitched equity.`,
        )
    }
  })
  return warnings
}

function checkLengths(lengths: Record<string, number>, unit: string): void {
  for (const [name, value] of Object.entries(lengths)) {
    const least = name === 'purge' || name === 'embargo' ? 0 : 1
    if (Number.isInteger(value) && value >= least) continue
    throw fail('INVALID_CONFIG', {
      message: `Walk-forward ${name} ${value} must be a whole number of ${unit}, at least ${least}.`,
    })
  }
  if (lengths['purge'] >= lengths['train']) {
    throw fail('INVALID_CONFIG', {
      message: `Walk-forward purge ${lengths['purge']} leaves nothing of train ${lengths['train']}.`,
    })
  }
}
