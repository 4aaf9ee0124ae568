/** Nodes of a program → numbers and truth values per bar, in typed arrays; indicators and comparisons are shared by trials. */

import type { IndicatorCache } from './indicator-cache.ts'
import { cached } from './indicator-cache.ts'
import type { Arithmetic, Condition, Series } from './rules-program.ts'

/** Three-valued logic (Kleene 1938): `all` is the minimum, `any` the maximum, `not` what is left to TRUE. */
export const FALSE = 0
export const UNDEFINED = 1
export const TRUE = 2

/** Where nodes are evaluated: the columns, and the first bar after the warm-up. */
export interface Frame {
  cache: IndicatorCache
  from: number
}

/** Numbers per bar at `index * step`; step 0 makes one number serve all bars. */
interface Values {
  array: Float64Array
  step: 0 | 1
}

/** Truth per bar from `frame.from` on (earlier bars hold nothing of use). Others may hold the array: do not change it. */
export function truthOf(node: Condition, frame: Frame): Uint8Array {
  switch (node.op) {
    case 'all':
    case 'any':
      return combined(
        node.items.map(item => truthOf(item, frame)),
        node.op,
        frame.from,
      )
    case 'not':
      return negated(truthOf(node.item, frame))
    default: {
      const { op, left, right } = node
      return cached(frame.cache, `rules:${frame.from}:${node.key}`, () => {
        const [a, b] = [valuesOf(left, frame), valuesOf(right, frame)]
        const out = new Uint8Array(frame.cache.bars.ts.length)
        if (op === 'gt') greater(a, b, frame.from, out)
        else if (op === 'gte') greaterOrEqual(a, b, frame.from, out)
        else crossAbove(a, b, frame.from, out)
        return out
      })
    }
  }
}

/** Numbers per bar, NaN where undefined, as long as the bars. Others may hold the array: do not change it. */
export function seriesOf(node: Series, frame: Frame): Float64Array {
  const { array, step } = valuesOf(node, frame)
  return step === 1 ? array : new Float64Array(frame.cache.bars.ts.length).fill(array[0])
}

function valuesOf(node: Series, frame: Frame): Values {
  if (node.op === 'constant') return { array: Float64Array.of(node.value), step: 0 }
  return { array: arrayOf(node, frame), step: 1 }
}

function arrayOf(node: Exclude<Series, { op: 'constant' }>, frame: Frame): Float64Array {
  switch (node.op) {
    case 'column':
      return frame.cache.bars[node.column]!
    case 'indicator':
      return indicatorOf(node, frame)
    case 'lag':
      return lagged(seriesOf(node.source, frame), node.bars)
    case 'bars_since':
      return barsSince(truthOf(node.condition, frame), frame.from)
    default: {
      const out = new Float64Array(frame.cache.bars.ts.length)
      calculate(node.op, valuesOf(node.left, frame), valuesOf(node.right, frame), out)
      return out
    }
  }
}

function indicatorOf(node: Series & { op: 'indicator' }, frame: Frame): Float64Array {
  const { indicator, of, output, computation } = node
  if (of === null) {
    return cached(frame.cache, `indicator:${computation}`, bars => indicator.compute(bars))[output]
  }
  // Numbers that hang on a condition depend on where the frame begins.
  const outputs = cached(frame.cache, `rules:${frame.from}:${computation}`, () =>
    fromFirstDefined(seriesOf(of, frame), close =>
      indicator.compute({ open: null, high: null, low: null, close, volume: null }),
    ),
  )
  return outputs[output]
}

/** Compute over the series without its leading NaN, so that an indicator that starts at its first value starts at a number. */
function fromFirstDefined(
  series: Float64Array,
  compute: (series: Float64Array) => Record<string, Float64Array>,
): Record<string, Float64Array> {
  let first = 0
  while (first < series.length && Number.isNaN(series[first])) first++
  const outputs = compute(series.subarray(first))
  return Object.fromEntries(
    Object.entries(outputs).map(([name, values]) => {
      const out = new Float64Array(series.length).fill(Number.NaN, 0, first)
      out.set(values, first)
      return [name, out]
    }),
  )
}

function greater(a: Values, b: Values, from: number, out: Uint8Array): void {
  for (let i = from; i < out.length; i++) {
    const x = a.array[i * a.step]
    const y = b.array[i * b.step]
    out[i] = x > y ? TRUE : x <= y ? FALSE : UNDEFINED
  }
}

function greaterOrEqual(a: Values, b: Values, from: number, out: Uint8Array): void {
  for (let i = from; i < out.length; i++) {
    const x = a.array[i * a.step]
    const y = b.array[i * b.step]
    out[i] = x >= y ? TRUE : x < y ? FALSE : UNDEFINED
  }
}

/** Above on this bar, and not on the bar before, which the first bar of the frame does not have. */
function crossAbove(a: Values, b: Values, from: number, out: Uint8Array): void {
  greater(a, b, from, out)
  let before = UNDEFINED
  for (let i = from; i < out.length; i++) {
    const above = out[i]
    out[i] = Math.min(above, TRUE - before)
    before = above
  }
}

function combined(items: Uint8Array[], op: 'all' | 'any', from: number): Uint8Array {
  const out = items[0].slice()
  for (let k = 1; k < items.length; k++) {
    const item = items[k]
    if (op === 'all') {
      for (let i = from; i < out.length; i++) if (item[i] < out[i]) out[i] = item[i]
    } else {
      for (let i = from; i < out.length; i++) if (item[i] > out[i]) out[i] = item[i]
    }
  }
  return out
}

function negated(item: Uint8Array): Uint8Array {
  const out = new Uint8Array(item.length)
  for (let i = 0; i < out.length; i++) out[i] = TRUE - item[i]
  return out
}

function lagged(values: Float64Array, bars: number): Float64Array {
  const out = new Float64Array(values.length).fill(Number.NaN, 0, bars)
  if (bars < values.length) out.set(values.subarray(0, values.length - bars), bars)
  return out
}

function barsSince(truth: Uint8Array, from: number): Float64Array {
  const out = new Float64Array(truth.length).fill(Number.NaN)
  let since = Number.NaN
  for (let i = from; i < out.length; i++) {
    since = truth[i] === TRUE ? 0 : since + 1
    out[i] = since
  }
  return out
}

/** A result that is not finite, such as a division by 0, is undefined. */
function calculate(op: Arithmetic, a: Values, b: Values, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    const x = a.array[i * a.step]
    const y = b.array[i * b.step]
    const value = op === 'add' ? x + y : op === 'sub' ? x - y : op === 'mul' ? x * y : x / y
    out[i] = Number.isFinite(value) ? value : Number.NaN
  }
}
