/** Everything random about one alert: a stream of its own, the same whatever other alerts there are and in which order they run. */

import type { LatencyModel } from '../../contracts/types.ts'
import { hashOf } from '../base/canonical.ts'
import { Random } from '../base/random.ts'

/** What chance has for one order; all uniform in [0, 1). Every order draws all of them, so that models do not disturb each other. */
export interface Draw {
  latency: number
  jitter: number
  failure: number
  partial: number
  part: number
}

/** The stream of an alert: its seed is the first 12 hex digits of SHA-256 of RFC 8785 {_t:"alert.stream", v:1, alertId, seed}. */
export function alertStream(seed: number, alertId: string): Random {
  return new Random(Number.parseInt(hashOf({ _t: 'alert.stream', v: 1, alertId, seed }).slice(0, 12), 16))
}

/** The next order's draws. */
export function nextDraw(random: Random): Draw {
  const latency = random.next()
  const jitter = random.next()
  const failure = random.next()
  const partial = random.next()
  return { latency, jitter, failure, partial, part: random.next() }
}

/**
 * Latency in ms at probability `u`: linear through (0, 2·p50 − p90, at least 0), (0.5, p50), (0.9, p90), (0.99, p99) and on with the
 * last slope to 1; then jitter · (2·`jitterDraw` − 1) is added, and the sum is at least 0. Equal percentiles: that latency always.
 */
export function latencyMs({ p50, p90, p99, jitter = 0 }: LatencyModel, u: number, jitterDraw: number): number {
  const least = Math.max(0, 2 * p50 - p90)
  const drawn =
    u < 0.5
      ? least + (u / 0.5) * (p50 - least)
      : u < 0.9
        ? p50 + ((u - 0.5) / 0.4) * (p90 - p50)
        : p90 + ((u - 0.9) / 0.09) * (p99 - p90)
  return Math.max(0, drawn + jitter * (2 * jitterDraw - 1))
}
