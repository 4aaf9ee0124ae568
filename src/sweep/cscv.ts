/** Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado & Zhu 2017). */

/** Blocks that the bars are cut into; half of them are in sample in each of the C(16, 8) = 12,870 combinations. */
const BLOCKS = 16
const HALF_CHOICES = 1 << (BLOCKS / 2)

/** Bars a block needs for its mean and deviation to say anything. */
const LEAST_BARS = 10

/** Sums of one trial's returns, block by block: all that the combinations need of it. */
export interface BlockSums {
  /** Bars of each block. */
  bars: Float64Array
  /** Sums, and sums of squares, of the returns less `centre`. */
  sums: Float64Array
  squares: Float64Array
  centre: number
}

export interface Overfitting {
  /** Share of combinations in which the best trial in sample is not better than the median out of sample; null where not computable. */
  probability: number | null
  /** Share of combinations in which the best trial in sample loses out of sample. */
  probability_of_loss: number | null
  /** Trials and combinations that were compared. */
  trials: number
  combinations: number
  /** Why the probabilities are null. */
  reason: string | null
}

/** Cut a return series into blocks of nearly equal length, in order of time. */
export function blockSums(returns: Float64Array): BlockSums {
  const n = returns.length
  let total = 0
  for (let i = 0; i < n; i++) total += returns[i]
  const centre = n === 0 ? 0 : total / n
  const [bars, sums, squares] = [new Float64Array(BLOCKS), new Float64Array(BLOCKS), new Float64Array(BLOCKS)]
  for (let block = 0; block < BLOCKS; block++) {
    const to = Math.floor(((block + 1) * n) / BLOCKS)
    const from = Math.floor((block * n) / BLOCKS)
    let sum = 0
    let square = 0
    for (let i = from; i < to; i++) {
      const value = returns[i] - centre
      sum += value
      square += value * value
    }
    bars[block] = to - from
    sums[block] = sum
    squares[block] = square
  }
  return { bars, sums, squares, centre }
}

/**
 * The probability that the choice of the best Sharpe ratio is overfitted, over trials on the same bars. For every choice of half
 * of the blocks: the trial with the highest Sharpe ratio there (the first of equals) has on the other half the relative rank
 * ω = rank / (trials + 1), equal values sharing their mean rank; overfitted where the logit ln(ω / (1 − ω)) ≤ 0. A trial whose returns do not vary
 * counts with a Sharpe ratio of 0. Null with a reason for fewer than two different trials, or fewer than 160 bars.
 */
export function overfittingProbability(trials: readonly BlockSums[]): Overfitting {
  const count = trials.length
  const nothing = (reason: string): Overfitting => ({
    probability: null,
    probability_of_loss: null,
    trials: count,
    combinations: 0,
    reason,
  })
  if (count < 2) return nothing('insufficient data: needs at least 2 trials to choose from')
  if (Math.min(...trials[0].bars) < LEAST_BARS)
    return nothing(`insufficient data: needs at least ${BLOCKS * LEAST_BARS} bars`)
  if (trials.every(trial => sameSums(trial, trials[0]))) return nothing('all trials have the same returns')

  const bars = halfTables(trials[0].bars)
  const tables = trials.map(({ sums, squares, centre }) => ({
    sums: halfTables(sums),
    squares: halfTables(squares),
    centre,
  }))
  const [first, second] = [new Float64Array(count), new Float64Array(count)]
  let combinations = 0
  let overfitted = 0
  let losing = 0
  const judge = (inside: Float64Array, outside: Float64Array) => {
    let best = 0
    for (let t = 1; t < count; t++) if (inside[t] > inside[best]) best = t
    let below = 0
    let equal = 0
    for (let t = 0; t < count; t++) {
      if (outside[t] < outside[best]) below++
      else if (outside[t] === outside[best]) equal++
    }
    combinations++
    // ω ≤ ½ is a logit ≤ 0; the mean rank of the equal ones is below + (equal + 1) / 2.
    if (below + (equal + 1) / 2 <= (count + 1) / 2) overfitted++
    if (outside[best] < 0) losing++
  }
  // A choice and the blocks it leaves are two combinations of the same two halves.
  for (let choice = 0; choice < 1 << (BLOCKS - 1); choice++) {
    if (bitCount(choice) !== BLOCKS / 2) continue
    for (let t = 0; t < count; t++) {
      first[t] = sharpeOver(tables[t], bars, choice)
      second[t] = sharpeOver(tables[t], bars, ~choice)
    }
    judge(first, second)
    judge(second, first)
  }
  return {
    probability: overfitted / combinations,
    probability_of_loss: losing / combinations,
    trials: count,
    combinations,
    reason: null,
  }
}

/** Sums over every choice of the first eight blocks, then of the last eight: two additions make any choice of the sixteen. */
function halfTables(values: Float64Array): Float64Array {
  const out = new Float64Array(2 * HALF_CHOICES)
  for (let half = 0; half < 2; half++) {
    for (let choice = 1; choice < HALF_CHOICES; choice++) {
      const block = 31 - Math.clz32(choice)
      const rest = choice ^ (1 << block)
      out[half * HALF_CHOICES + choice] = out[half * HALF_CHOICES + rest] + values[half * (BLOCKS / 2) + block]
    }
  }
  return out
}

interface Tables {
  sums: Float64Array
  squares: Float64Array
  centre: number
}

/** Sharpe ratio per bar over the blocks whose bit is set; 0 where the returns do not vary. */
function sharpeOver({ sums, squares, centre }: Tables, bars: Float64Array, choice: number): number {
  const low = choice & (HALF_CHOICES - 1)
  const high = HALF_CHOICES + ((choice >>> (BLOCKS / 2)) & (HALF_CHOICES - 1))
  const n = bars[low] + bars[high]
  const sum = sums[low] + sums[high]
  const square = squares[low] + squares[high]
  const variance = (square - (sum * sum) / n) / (n - 1)
  // What rounding leaves of returns that do not vary is not a deviation.
  const noise = 1e-12 * (square / n + 1e-12 * centre * centre)
  return variance > noise ? (centre + sum / n) / Math.sqrt(variance) : 0
}

function sameSums(a: BlockSums, b: BlockSums): boolean {
  return (
    a.centre === b.centre &&
    a.sums.every((sum, k) => sum === b.sums[k]) &&
    a.squares.every((s, k) => s === b.squares[k])
  )
}

function bitCount(value: number): number {
  let rest = value
  let count = 0
  for (; rest !== 0; rest &= rest - 1) count++
  return count
}
