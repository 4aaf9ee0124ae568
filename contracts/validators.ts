// GENERATED from schemas/ by `npm run contracts`. Do not edit.

/** Standalone validators, each loaded when it is first needed. */
export const validators = {
  'envelope': () => import('./validators/envelope.ts'),
  'commands/artifact.list': () => import('./validators/commands-artifact.list.ts'),
  'commands/artifact.get': () => import('./validators/commands-artifact.get.ts'),
  'commands/artifact.verify': () => import('./validators/commands-artifact.verify.ts'),
  'commands/dataset.register': () => import('./validators/commands-dataset.register.ts'),
  'commands/dataset.list': () => import('./validators/commands-dataset.list.ts'),
  'commands/dataset.get': () => import('./validators/commands-dataset.get.ts'),
  'commands/dataset.verify': () => import('./validators/commands-dataset.verify.ts'),
  'commands/run': () => import('./validators/commands-run.ts'),
  'commands/runs.list': () => import('./validators/commands-runs.list.ts'),
  'commands/runs.show': () => import('./validators/commands-runs.show.ts'),
  'commands/runs.best': () => import('./validators/commands-runs.best.ts'),
  'commands/runs.compare': () => import('./validators/commands-runs.compare.ts'),
  'artifacts/compare-report': () => import('./validators/artifacts-compare-report.ts'),
  'artifacts/config': () => import('./validators/artifacts-config.ts'),
  'artifacts/dataset-manifest': () => import('./validators/artifacts-dataset-manifest.ts'),
  'artifacts/extended-metrics': () => import('./validators/artifacts-extended-metrics.ts'),
  'artifacts/failure': () => import('./validators/artifacts-failure.ts'),
  'artifacts/health': () => import('./validators/artifacts-health.ts'),
  'artifacts/metadata': () => import('./validators/artifacts-metadata.ts'),
  'artifacts/metrics': () => import('./validators/artifacts-metrics.ts'),
  'artifacts/report': () => import('./validators/artifacts-report.ts'),
  'artifacts/runs-index': () => import('./validators/artifacts-runs-index.ts'),
  'strategies/bollinger_reversion': () => import('./validators/strategies-bollinger_reversion.ts'),
  'strategies/buy_and_hold': () => import('./validators/strategies-buy_and_hold.ts'),
  'strategies/donchian_breakout': () => import('./validators/strategies-donchian_breakout.ts'),
  'strategies/ema_cross': () => import('./validators/strategies-ema_cross.ts'),
  'strategies/macd': () => import('./validators/strategies-macd.ts'),
  'strategies/rsi_ma_cross_v2': () => import('./validators/strategies-rsi_ma_cross_v2.ts'),
  'strategies/rules': () => import('./validators/strategies-rules.ts'),
  'strategies/sma_cross': () => import('./validators/strategies-sma_cross.ts'),
} as const

export type ValidatorName = keyof typeof validators
