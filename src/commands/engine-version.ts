/** The engine's version, for `--check`, which may not import the engine itself. */

export { ENGINE_VERSION } from '../engine/backtest.ts'
