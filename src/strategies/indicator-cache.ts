/** Indicator arrays of one `Bars`, computed once and shared by every trial that reads the same bars. */

import { ema, smaFromPrefix } from '../indicators/moving-averages.ts'
import { prefixSums } from '../indicators/rolling.ts'
import { atr } from '../indicators/volatility.ts'
import type { Bars } from '../market/bars.ts'

/** Plain data: the bars and what was computed on them so far, by `name:parameters`. */
export interface IndicatorCache {
  bars: Bars
  values: Map<string, object>
}

/** About 256 MiB of columns: a sweep over very long bars must not keep every window it ever saw. */
const BYTES = 268_435_456

/** An empty cache for `bars`; valid for exactly these bars, because indicators may depend on where the bars begin. */
export function indicatorCache(bars: Bars): IndicatorCache {
  return { bars, values: new Map() }
}

/** The value under `key`, computed on first use. Callers must not change it: others hold the same arrays. */
export function cached<T extends object>(cache: IndicatorCache, key: string, compute: (bars: Bars) => T): T {
  const known = cache.values.get(key) as T | undefined
  if (known !== undefined) return known
  const value = compute(cache.bars)
  if (cache.values.size * cache.bars.ts.length * 8 > BYTES) cache.values.clear()
  cache.values.set(key, value)
  return value
}

/** Shared `sma` of the closes; the prefix sums behind it are shared by all windows. */
export function closeSma(cache: IndicatorCache, window: number): Float64Array {
  return cached(cache, `close_sma:${window}`, bars =>
    smaFromPrefix(
      cached(cache, 'close_sums', () => prefixSums(bars.close)),
      window,
    ),
  )
}

/** Shared `ema` of the closes. */
export function closeEma(cache: IndicatorCache, window: number): Float64Array {
  return cached(cache, `close_ema:${window}`, bars => ema(bars.close, window))
}

/** Shared `atr`, in price units, NaN until warm; null for bars without high or low. */
export function averageTrueRange(cache: IndicatorCache, period: number): Float64Array | null {
  const { high, low, close } = cache.bars
  return high === null || low === null ? null : cached(cache, `atr:${period}`, () => atr(high, low, close, period))
}
