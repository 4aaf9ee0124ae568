/** What the tests of rules share: parameters as a request passes them, and the targets they give. */

import { expect } from 'vitest'
import type { RulesCondition, RulesParams } from '../../contracts/types.ts'
import { firstFault, loadValidator } from '../../src/base/schema.ts'
import type { Bars } from '../../src/market/bars.ts'
import { STRATEGIES } from '../../src/strategies/index.ts'
import { indicatorCache } from '../../src/strategies/indicator-cache.ts'
import { compileRules } from '../../src/strategies/rules-compile.ts'
import { FALSE, TRUE, truthOf } from '../../src/strategies/rules-evaluate.ts'
import type { Execution } from '../../src/strategies/strategy.ts'

await loadValidator('strategies/rules')

export const { rules } = STRATEGIES
export const EXECUTIONS: Execution[] = ['signal_close', 'next_open']
export const ALWAYS: RulesCondition = { gt: ['close', 0] }

/** The parameters as a request would pass them: through JSON, schema (which fills in the defaults) and check. */
export function accepted(spec: object): RulesParams {
  const params = JSON.parse(JSON.stringify(spec))
  expect(firstFault('strategies/rules', params)).toBeUndefined()
  rules.check!(params)
  return params
}

export function targetsOf(spec: object, bars: Bars, execution: Execution = 'signal_close'): number[] {
  return [...rules.targets(bars, accepted(spec), { execution, indicators: indicatorCache(bars) })]
}

/** Truth of one condition on every bar, `from` being the first bar of the frame. */
export function truth(condition: RulesCondition, bars: Bars, from = 0): (boolean | undefined)[] {
  const { long } = compileRules(accepted({ long: { entry: condition } }))
  const values = truthOf(long!.entry, { cache: indicatorCache(bars), from })
  return [...values.subarray(from)].map(value => (value === TRUE ? true : value === FALSE ? false : undefined))
}
