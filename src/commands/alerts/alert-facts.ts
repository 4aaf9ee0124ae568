/** What a run on alerts tells the registry besides what every run tells: its alerts, their universe, its models. */

import type { AlertRunConfig } from '../../../contracts/types.ts'
import { hashOf } from '../../base/canonical.ts'
import type { RunInput } from '../../registry/register.ts'
import { universeOf, type WireUniverse } from '../registry/wire-universe.ts'

/** Market capitalisations of the alerts of a run, as its manifest carries them; both null where an alert names none. */
export interface MarketCaps {
  min_market_cap: number | null
  max_market_cap: number | null
}

/** What the manifest of a run on alerts may say: the universe the request declared, the range that was found. */
export interface AlertLabels {
  universe?: WireUniverse
  market_caps?: MarketCaps
}

/** Data sets, window after the call and universe of a run on alerts. Runs that were made before manifests carried ranges declare none. */
export function alertFactsOf(
  config: AlertRunConfig,
  labels: AlertLabels,
): Pick<RunInput, 'datasetIds' | 'alertWindowPolicy' | 'universe'> {
  return {
    datasetIds: [config.alerts_dataset_id, config.dataset_id],
    alertWindowPolicy: config.alert_window_policy,
    universe: universeOf({
      ...foundIn(config, labels.market_caps),
      ...selectedBy(config),
      ...labels.universe,
    }),
  }
}

/**
 * Hash of what decides the result of a run on alerts and that its data sets, window, strategy and seed do not say: models, selection,
 * resolution. What changes no number, such as event logs, is not in it.
 */
export function alertAssumptionsHash(config: AlertRunConfig): string {
  const { executionModel, costModel, riskModel, runConfig, sources, filters, calendar } = config
  const { timeResolutionMs } = runConfig
  const decides = { executionModel, costModel, riskModel, timeResolutionMs, sources, filters, calendar }
  return hashOf({ _t: 'alerts.assumptions', v: 1, ...decides })
}

/** What the selection of the run says: its callers, and its venues and chains where every source names one. */
function selectedBy({ filters, sources }: AlertRunConfig): WireUniverse {
  const { callerNames, minVolume } = filters
  const chains = sources.flatMap(({ chain }) => chain ?? [])
  const venues = sources.flatMap(({ venue }) => venue ?? [])
  return {
    ...(callerNames === undefined ? {} : { callers: [...callerNames] }),
    ...(sources.length === 0 || venues.length < sources.length ? {} : { venues }),
    ...(sources.length === 0 || chains.length < sources.length ? {} : { chains }),
    ...(minVolume === undefined || minVolume === 0 ? {} : { min_volume: minVolume }),
  }
}

/** What its alerts were of. A name that no selection could ask for leaves the whole list undeclared. */
function foundIn({ universe }: AlertRunConfig, caps: MarketCaps | undefined): WireUniverse {
  const lists = Object.entries(universe).filter(([, names]) => names.length > 0 && names.every(isPlain))
  const amounts = Object.entries(caps ?? {}).filter(([, amount]) => amount !== null && amount > 0)
  return Object.fromEntries([...lists, ...amounts])
}

function isPlain(name: string): boolean {
  return name.isWellFormed() && !/\p{Cc}/u.test(name)
}
