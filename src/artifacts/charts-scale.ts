/** Scales, round ticks and number texts of pictures; no locale function, so equal numbers give equal bytes everywhere. */

/** How the numbers of an axis are written: `percent` takes ratios (0.12 → 12%). */
export type NumberFormat = 'number' | 'percent'

/** A map from values to pixels; `log` needs positive bounds. */
export interface Scale {
  kind: 'linear' | 'log'
  /** Value at pixel `from`. */
  low: number
  /** Value at pixel `to`. */
  high: number
  from: number
  to: number
}

/** Ratio of the largest to the smallest value from which an `auto` axis becomes logarithmic. */
const LOG_FROM_RATIO = 8
/** Share of the span left free above and below a curve. */
const MARGIN = 0.05

/** Pixel of a value; NaN for NaN and, on a log scale, for values ≤ 0. */
export function pixelOf(scale: Scale, value: number): number {
  if (scale.kind === 'log') {
    if (!(value > 0)) return NaN
    const share = Math.log(value / scale.low) / Math.log(scale.high / scale.low)
    return scale.from + share * (scale.to - scale.from)
  }
  return scale.from + ((value - scale.low) / (scale.high - scale.low)) * (scale.to - scale.from)
}

/** The pixels of a column, each as `pixelOf` gives it. */
export function pixelsOf(scale: Scale, values: Float64Array): Float64Array {
  const pixels = new Float64Array(values.length)
  if (scale.kind === 'log') {
    for (let i = 0; i < values.length; i++) pixels[i] = pixelOf(scale, values[i])
    return pixels
  }
  const { low, from } = scale
  const range = scale.high - low
  const span = scale.to - from
  for (let i = 0; i < values.length; i++) pixels[i] = from + ((values[i] - low) / range) * span
  return pixels
}

/** Smallest and largest finite value over all columns; null when there is none. */
export function extent(columns: readonly Float64Array[]): { low: number; high: number } | null {
  let low = Infinity
  let high = -Infinity
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const value = column[i]
      if (value < low && value > -Infinity) low = value
      if (value > high && value < Infinity) high = value
    }
  }
  return low <= high ? { low, high } : null
}

/** Whether curves between these bounds are read better on a log axis: all positive and an eightfold range or more. */
export function wantsLog(bounds: { low: number; high: number }): boolean {
  return bounds.low > 0 && bounds.high / bounds.low >= LOG_FROM_RATIO
}

/** A value scale with a little room around the bounds; equal bounds are opened so that a constant curve stands in the middle. */
export function valueScale(
  bounds: { low: number; high: number },
  kind: 'linear' | 'log',
  pixels: { from: number; to: number },
  pin: { low?: number; high?: number } = {},
): Scale {
  let { low, high } = bounds
  if (kind === 'log') {
    const room = Math.exp(Math.max(Math.log(high / low), 0.02) * MARGIN)
    return { kind, low: low / room, high: high * room, ...pixels }
  }
  const room = high > low ? (high - low) * MARGIN : Math.abs(low) * MARGIN || 1
  low = pin.low ?? low - room
  high = pin.high ?? high + room
  if (!(high > low)) low = high - room
  return { kind, low, high, ...pixels }
}

/** The smallest round step (1, 2, 2.5, 5 × a power of ten) that cuts `span` into at most `most` parts. */
export function niceStep(span: number, most: number): number {
  const [mantissa, exponent] = (span / most).toExponential().split('e')
  const round = [1, 2, 2.5, 5, 10].find(candidate => Number(mantissa) <= candidate) ?? 10
  return Number(`${round}e${exponent}`)
}

/** Round ticks inside a scale, ascending, about `most` of them at most. */
export function niceTicks(scale: Scale, most: number): number[] {
  if (scale.kind === 'log') {
    const ticks = logTicks(scale.low, scale.high, most)
    if (ticks.length >= 3) return ticks
  }
  return linearTicks(scale.low, scale.high, most)
}

function linearTicks(low: number, high: number, most: number): number[] {
  const step = niceStep(high - low, most)
  const ticks: number[] = []
  for (let k = Math.ceil(low / step); k * step <= high && ticks.length <= 2 * most; k++) {
    // Twelve digits take away the noise of the multiplication (3 × 0.1); adding 0 turns −0 into 0.
    ticks.push(Number((k * step).toPrecision(12)) + 0)
  }
  return ticks
}

function logTicks(low: number, high: number, most: number): number[] {
  const firstPower = Number(low.toExponential().split('e')[1])
  const lastPower = Number(high.toExponential().split('e')[1])
  const within = (digits: readonly number[], every: number) => {
    const ticks: number[] = []
    for (let power = firstPower; power <= lastPower; power += every) {
      for (const digit of digits) {
        const tick = Number(`${digit}e${power}`)
        if (tick >= low && tick <= high) ticks.push(tick)
      }
    }
    return ticks
  }
  const fine = within([1, 2, 5], 1)
  return fine.length <= most + 1 ? fine : within([1], Math.max(1, Math.ceil((lastPower - firstPower) / most)))
}

/** Texts of axis ticks with one number of decimals for all, thousands grouped, k, M or B from 100,000 on; each for itself on a wide log axis. */
export function tickTexts(ticks: readonly number[], format: NumberFormat): string[] {
  const sizes = ticks.map(Math.abs).filter(size => size > 0)
  const largest = Math.max(0, ...sizes)
  if (largest / Math.min(largest, ...sizes) >= WIDE_RATIO) return ticks.map(tick => tickTexts([tick], format)[0])
  const mark = format === 'percent' ? '%' : ''
  const scale = format === 'percent' ? 100 : 1
  if (largest * scale >= 1e15) return ticks.map(tick => valueText(tick, format))
  const unit = largest * scale >= 1e5 ? unitOf(largest * scale) : UNITS[UNITS.length - 1]
  const shown = ticks.map(tick => (tick * scale) / unit.size)
  let decimals = 0
  while (decimals < 8 && shown.some(value => !isRoundAt(value, decimals))) decimals++
  return shown.map(value => fixedText(value, decimals) + unit.mark + mark)
}

/** Ratio of the largest to the smallest tick from which they share no unit. */
const WIDE_RATIO = 1e4

/** Short units of large numbers, largest first. */
const UNITS = [
  { size: 1e12, mark: 'T' },
  { size: 1e9, mark: 'B' },
  { size: 1e6, mark: 'M' },
  { size: 1e3, mark: 'k' },
  { size: 1, mark: '' },
] as const

function unitOf(size: number): (typeof UNITS)[number] {
  return UNITS.find(unit => size >= unit.size) ?? UNITS[UNITS.length - 1]
}

function isRoundAt(value: number, decimals: number): boolean {
  return Math.abs(Number(value.toFixed(decimals)) - value) <= Math.abs(value) * 1e-9
}

/**
 * One value for a label or a card: percent with two decimals, numbers with five significant digits, from a million on
 * shortened with M, B or T; a dash when undefined (null, NaN, infinite).
 */
export function valueText(value: number | null, format: NumberFormat, signed = false): string {
  if (value === null || !Number.isFinite(value)) return '–'
  const mark = format === 'percent' ? '%' : ''
  const shown = format === 'percent' ? value * 100 : value
  const plus = signed && value > 0 ? '+' : ''
  return plus + numberText(shown, format === 'percent') + mark
}

function numberText(value: number, percent: boolean): string {
  const size = Math.abs(value)
  if (size >= 1e15 || (size < 1e-4 && size > 0 && !percent)) {
    return value.toExponential(2).replaceAll('-', '−').replace('e+', 'e')
  }
  if (size >= 1e6) {
    const unit = unitOf(size)
    const whole = String(Math.trunc(size / unit.size)).length
    return fixedText(value / unit.size, Math.max(0, 3 - whole)) + unit.mark
  }
  if (percent) return fixedText(value, size >= 10000 ? 0 : 2)
  if (Number.isInteger(value)) return fixedText(value, 0)
  const whole = String(Math.trunc(size)).length
  return fixedText(value, size < 1 ? 4 : Math.max(0, 5 - whole))
}

/** Fixed decimals, thousands grouped by commas, a true minus sign, never a negative zero. */
export function fixedText(value: number, decimals: number): string {
  const digits = Math.abs(value).toFixed(decimals)
  const negative = value < 0 && Number(digits) !== 0
  const [whole, fraction] = digits.split('.')
  const grouped = whole.replace(/(\d)(?=(\d{3})+$)/g, '$1,')
  return (negative ? '−' : '') + grouped + (fraction === undefined ? '' : `.${fraction}`)
}
