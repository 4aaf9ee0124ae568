/**
 * Seeded panel: two majors, alts, stablecoins and wrapped assets on one calendar of days, with planted regimes.
 *
 *   market     m = μ_s + 0.03·exp(h − v²)·z                       BTC is the market; ETH = 1.1·m + 0.015·z
 *   alt i      r = β_i·m + a_s + g + σ_i·z                        g = 0.008·z common to all alts; β_i ~ N(1.2, 0.25²), σ_i = 0.03·e^(0.4z)
 *   cap        price · supply, alts start at 6·10¹⁰·rank^(−1.3) USD · e^(0.3z), supply grows by 0…15 % a year
 *   volume     cap · 0.05 · l_s · exp(8·|r| + 0.3·z)
 *   funding    10⁻⁴ + f_s + 0.01·(mean of r over about ten days) + 5·10⁻⁵·z per 8 hours, within ±0.003
 *   interest   cap · 0.03 · e^o, o an Ornstein–Uhlenbeck process of deviation 0.2 and half-life 15 days; USD
 *
 * Log returns a day; z is a fresh standard normal each time. s is the planted regime: risk_on_alts (a = +0.005) or
 * risk_on_majors (a = −0.005), each for 20 days and then on with a mean of 40 more. One alt in seven is listed late, one in
 * twelve is delisted, three in five have funding. Values are left out at `missing_rate`, of BTC none.
 */

import type { Random } from '../base/random.ts'
import {
  type GeneratedPanel,
  type PanelParameters,
  PanelTables,
  type Path,
  type PlantedRegime,
  REGIMES,
} from './generate-panel-tables.ts'
import { MeanReverting, stream } from './generate-random.ts'

const STAY_DAYS = 20
const MORE_DAYS = 40
const LOG_VOLATILITY = { deviation: 0.3, halfLifeDays: 12 }

const MAJORS = [
  { id: 'BTC', name: 'Bitcoin', beta: 1, sigma: 0, cap: 6e11, price: 30_000, supplyGrowth: 0.01 },
  { id: 'ETH', name: 'Ether', beta: 1.1, sigma: 0.015, cap: 2.5e11, price: 2_000, supplyGrowth: 0.005 },
]
const STABLES = [
  { id: 'USDT', name: 'Tether', cap: 8e10 },
  { id: 'USDC', name: 'USD Coin', cap: 3e10 },
]
const WRAPPED = [
  { id: 'WBTC', name: 'Wrapped Bitcoin', of: 0, share: 0.01 },
  { id: 'STETH', name: 'Staked Ether', of: 1, share: 0.08 },
]

/** Log-return parts of each day that assets share. */
interface Market {
  regimes: PlantedRegime[]
  market: Float64Array
  /** a_s + g: what only alts earn. */
  alts: Float64Array
}

/** The tables of a panel. The same seed and parameters give the same bits everywhere; one more alt leaves all others alone. */
export function generatePanel(seed: number, given: PanelParameters): GeneratedPanel {
  const market = marketOf(stream(seed, 'market'), given.days)
  const size = MAJORS.length + given.alts + STABLES.length + WRAPPED.length
  const tables = new PanelTables(given, market.regimes, size)
  const plain = { stable: false, wrapped: false }
  const majors = MAJORS.map(({ id, name, ...asset }) => {
    const random = stream(seed, `asset ${id}`)
    const path = pathOf(random, market, { ...asset, isAlt: false, first: 0, last: given.days })
    tables.add({ id, name, ...plain }, path, random, { funded: true, whole: id === 'BTC' })
    return path
  })
  for (let rank = 1; rank <= given.alts; rank++) {
    const id = `ALT${String(rank).padStart(4, '0')}`
    const random = stream(seed, `asset ${id}`)
    const funded = random.next() < 0.6
    tables.add({ id, name: `Alt ${rank}`, ...plain }, pathOf(random, market, altOf(random, rank, given.days)), random, {
      funded,
    })
  }
  for (const { id, name, cap } of STABLES) {
    const random = stream(seed, `asset ${id}`)
    tables.add({ id, name, stable: true, wrapped: false }, stablePath(random, given.days, cap), random)
  }
  for (const { id, name, of, share } of WRAPPED) {
    const random = stream(seed, `asset ${id}`)
    tables.add({ id, name, stable: false, wrapped: true }, wrappedPath(random, majors[of], share), random)
  }
  return tables.done()
}

function marketOf(random: Random, days: number): Market {
  const { deviation, halfLifeDays } = LOG_VOLATILITY
  const logVolatility = new MeanReverting(random, deviation, halfLifeDays)
  const regimes: PlantedRegime[] = new Array(days)
  const market = new Float64Array(days)
  const alts = new Float64Array(days)
  let regime: PlantedRegime = random.next() < 0.5 ? 'risk_on_alts' : 'risk_on_majors'
  let stayed = 0
  for (let day = 0; day < days; day++) {
    if (stayed >= STAY_DAYS && random.next() < 1 / MORE_DAYS) {
      regime = regime === 'risk_on_alts' ? 'risk_on_majors' : 'risk_on_alts'
      stayed = 0
    }
    stayed++
    regimes[day] = regime
    const sigma = 0.03 * Math.exp(logVolatility.next() - deviation * deviation)
    market[day] = REGIMES[regime].market + sigma * random.normal()
    alts[day] = REGIMES[regime].alts + 0.008 * random.normal()
  }
  return { regimes, market, alts }
}

interface AssetParameters {
  /** β and σ of the log return. */
  beta: number
  sigma: number
  isAlt: boolean
  /** USD on the first day. */
  cap: number
  price: number
  /** A year. */
  supplyGrowth: number
  /** Rows of the first day and behind the last one. */
  first: number
  last: number
}

function altOf(random: Random, rank: number, days: number): AssetParameters {
  const isLate = random.next() < 1 / 7
  const isDelisted = random.next() < 1 / 12
  return {
    beta: Math.max(0.3, 1.2 + 0.25 * random.normal()),
    sigma: 0.03 * Math.exp(0.4 * random.normal()),
    isAlt: true,
    cap: 6e10 * Math.exp(-1.3 * Math.log(rank) + 0.3 * random.normal()),
    price: Math.exp(Math.log(0.01) + random.next() * Math.log(10_000)),
    supplyGrowth: 0.15 * random.next(),
    first: isLate ? Math.floor(days * (0.1 + 0.4 * random.next())) : 0,
    last: isDelisted ? Math.ceil(days * (0.6 + 0.35 * random.next())) : days,
  }
}

function pathOf(random: Random, { market, alts }: Market, asset: AssetParameters): Path {
  const days = asset.last - asset.first
  const price = new Float64Array(days)
  const cap = new Float64Array(days)
  let log = Math.log(asset.price)
  for (let i = 0; i < days; i++) {
    const day = asset.first + i
    if (i > 0) log += asset.beta * market[day] + (asset.isAlt ? alts[day] : 0) + asset.sigma * random.normal()
    price[i] = Math.exp(log)
    cap[i] = price[i] * (asset.cap / asset.price) * Math.exp((asset.supplyGrowth * i) / 365)
  }
  return { first: asset.first, price, cap }
}

/** One dollar give or take 0.05 %, and a supply that wanders by 0.3 % a day. */
function stablePath(random: Random, days: number, firstCap: number): Path {
  const peg = new MeanReverting(random, 5e-4, 3)
  const price = new Float64Array(days)
  const cap = new Float64Array(days)
  let log = Math.log(firstCap)
  for (let i = 0; i < days; i++) {
    price[i] = Math.exp(peg.next())
    log += 0.003 * random.normal()
    cap[i] = price[i] * Math.exp(log)
  }
  return { first: 0, price, cap }
}

/** The price of another asset give or take 0.1 %, with a share of its capitalisation. */
function wrappedPath(random: Random, of: Path, share: number): Path {
  const premium = new MeanReverting(random, 1e-3, 5)
  const price = of.price.map(value => value * Math.exp(premium.next()))
  return { first: of.first, price, cap: price.map((value, i) => (share * of.cap[i] * value) / of.price[i]) }
}
