/** Features of the derivatives market: funding skew between alts and majors, and the open-interest risk of BTC. */

import type { Panel } from '../market/panel.ts'
import type { Universe } from './universe.ts'

/** Share of the funded assets whose open interest must be known before rates are weighted by it. */
const OPEN_INTEREST_COVERAGE = 0.5

/** Mean funding of the alts less that of the majors, ratio per 8 hours; NaN where fewer than `leastAlts` alts or no major has a rate. */
export function fundingSkew(panel: Panel, universe: Universe, leastAlts: number): Float64Array {
  const skew = new Float64Array(panel.days).fill(Number.NaN)
  for (let t = 0; t < panel.days; t++) {
    skew[t] = groupFunding(panel, universe.alts, t, leastAlts) - groupFunding(panel, universe.majors, t, 1)
  }
  return skew
}

/**
 * Open-interest risk in [0, 1]: the rise of BTC's open interest over three days in percent, of 50 at most, halved unless the
 * price rose too; 0 where the interest fell. The market cap stands in on days without open interest. NaN where either change is unknown.
 */
export function openInterestRisk(panel: Panel, universe: Universe): Float64Array {
  const width = panel.assets.length
  const risk = new Float64Array(panel.days).fill(Number.NaN)
  const change = (table: Float64Array, t: number) =>
    table[t * width + universe.btc] / table[(t - 3) * width + universe.btc] - 1
  for (let t = 3; t < panel.days; t++) {
    let rise = panel.openInterest === null ? Number.NaN : 100 * change(panel.openInterest, t)
    if (!Number.isFinite(rise)) rise = 100 * change(panel.marketCap, t)
    const priceReturn = change(panel.close, t)
    if (!Number.isFinite(rise) || Number.isNaN(priceReturn)) continue
    risk[t] = rise > 0 ? Math.min(rise / 50, 1) * (priceReturn > 0 ? 1 : 0.5) : 0
  }
  return risk
}

/** Mean rate of a group, weighted by open interest where enough of it is known that day; NaN for fewer than `least` rates. */
function groupFunding(panel: Panel, group: Int32Array, t: number, least: number): number {
  if (panel.funding === null) return Number.NaN
  const base = t * panel.assets.length
  let [count, total, covered, weight, weighted] = [0, 0, 0, 0, 0]
  for (let i = 0; i < group.length; i++) {
    const rate = panel.funding[base + group[i]]
    if (Number.isNaN(rate)) continue
    count++
    total += rate
    const interest = panel.openInterest === null ? Number.NaN : panel.openInterest[base + group[i]]
    if (Number.isNaN(interest)) continue
    covered++
    weight += interest
    weighted += rate * interest
  }
  if (count < least || count === 0) return Number.NaN
  const enough = covered >= Math.max(least, OPEN_INTEREST_COVERAGE * count) && weight > 0
  return enough ? weighted / weight : total / count
}
