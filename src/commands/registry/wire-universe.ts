/** The declared universe of a run as requests and manifests spell it, and as the registry does. */

import type { Universe } from '../../registry/types.ts'

/** Declared universe of a run as requests and manifests spell it; market capitalisation and volume in US dollars. */
export interface WireUniverse {
  callers?: string[]
  chains?: string[]
  venues?: string[]
  token_sources?: string[]
  min_market_cap?: number
  max_market_cap?: number
  min_volume?: number
}

/** The universe in the registry's spelling. */
export function universeOf(wire: WireUniverse): Universe {
  const { callers, chains, venues, token_sources, min_market_cap, max_market_cap, min_volume } = wire
  const named = {
    callers,
    chains,
    venues,
    tokenSources: token_sources,
    minMarketCap: min_market_cap,
    maxMarketCap: max_market_cap,
    minVolume: min_volume,
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
}
