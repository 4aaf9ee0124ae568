/** What rules refuse, by the pointers and messages of the answer. */

import { describe, expect, it } from 'vitest'
import type { RulesCondition } from '../../contracts/types.ts'
import { GatewayError } from '../../src/base/errors.ts'
import { validate } from '../../src/base/schema.ts'
import { barsOf } from '../engine/fixtures.ts'
import { ALWAYS, rules, targetsOf } from './rules-fixtures.ts'

describe('refusals', () => {
  /** Pointer and message of every fault: of the schema, else of the check. */
  async function faults(spec: object): Promise<string[]> {
    const params = JSON.parse(JSON.stringify(spec))
    const shape = await validate('strategies/rules', params)
    if (shape.length > 0) return shape.map(({ pointer, message }) => `${pointer} ${message}`)
    try {
      rules.check!(params)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      expect(error.code).toBe('STRATEGY_ERROR')
      return error.details.map(({ pointer, message }) => `${pointer} ${message}`)
    }
    return []
  }
  const entry = (condition: object) => faults({ long: { entry: condition } })
  const gt = (operand: unknown) => entry({ gt: [operand, 1] })

  it.each<[string, () => Promise<string[]>, (string | RegExp)[]]>([
    ['no side', () => faults({}), [' needs long, short or both']],
    ['no entry', () => faults({ long: {} }), ["/long 'entry' is required"]],
    [
      'an unknown key',
      () => faults({ longs: { entry: ALWAYS } }),
      ["/longs unknown key 'longs'; did you mean 'long'?"],
    ],
    ['an unknown condition', () => entry({ crosses: ['close', 1] }), [/^\/long\/entry\/crosses unknown key/]],
    [
      'two conditions in one',
      () => entry({ ...ALWAYS, lt: ['close', 1] }),
      [/^\/long\/entry must NOT have more than 1 prop/],
    ],
    ['an empty condition', () => entry({}), [/^\/long\/entry must NOT have fewer than 1 prop/]],
    ['an empty all', () => entry({ all: [] }), [/^\/long\/entry\/all must NOT have fewer than 1 items/]],
    ['one operand', () => entry({ gt: ['close'] }), [/^\/long\/entry\/gt must NOT have fewer than 2 items/]],
    ['three operands', () => entry({ gt: ['close', 1, 2] }), [/^\/long\/entry\/gt must NOT have more than 2 items/]],
    ['a null operand', () => gt(null), [/^\/long\/entry\/gt\/0 must be number or string or object/]],
    ['an unknown column', () => gt('clsoe'), ["/long/entry/gt/0 unknown column 'clsoe'; did you mean 'close'?"]],
    ['an indicator as a column', () => gt('sma'), ['/long/entry/gt/0 \'sma\' is an indicator: write {"sma": {}}']],
    [
      'an unknown indicator',
      () => gt({ emaa: 5 }),
      ["/long/entry/gt/0/emaa unknown operation or indicator 'emaa'; did you mean 'ema'?"],
    ],
    [
      'a prototype key',
      () => gt(JSON.parse('{"__proto__": 5}')),
      [/^\/long\/entry\/gt\/0\/__proto__ unknown operation or indicator/],
    ],
    [
      'an inherited name',
      () => gt({ toString: 5 }),
      [/^\/long\/entry\/gt\/0\/toString unknown operation or indicator/],
    ],
    [
      'two indicators',
      () => gt({ sma: 5, ema: 5 }),
      ['/long/entry/gt/0 must name exactly one operation or indicator; found sma, ema'],
    ],
    ['none', () => gt({ of: 'close' }), ['/long/entry/gt/0 must name exactly one operation or indicator; found none']],
    [
      'a parameter out of bounds',
      () => gt({ sma: { window: 0 } }),
      [/^\/long\/entry\/gt\/0\/sma\/window window must be a whole number from 1/],
    ],
    [
      'the same in short form',
      () => gt({ sma: 2.5 }),
      [/^\/long\/entry\/gt\/0\/sma window must be a whole number from 1/],
    ],
    [
      'an unknown parameter',
      () => gt({ sma: { windw: 3 } }),
      [/^\/long\/entry\/gt\/0\/sma\/windw unknown parameter "windw": did you mean "window"/],
    ],
    [
      'parameters in conflict',
      () => gt({ macd: { fast: 30, slow: 20 }, output: 'macd' }),
      [/^\/long\/entry\/gt\/0\/macd\/fast fast must be below slow/],
    ],
    ['a text parameter', () => gt({ sma: { window: '3' } }), ['/long/entry/gt/0/sma/window must be number']],
    [
      'a number for no parameter',
      () => gt({ true_range: 3 }),
      ['/long/entry/gt/0/true_range true_range has no parameters: write {"true_range": {}}'],
    ],
    [
      'no output',
      () => gt({ bollinger: {} }),
      [/^\/long\/entry\/gt\/0\/output is required: bollinger has the outputs middle, upper/],
    ],
    [
      'an unknown output',
      () => gt({ bollinger: {}, output: 'uper' }),
      ["/long/entry/gt/0/output unknown output of bollinger 'uper'; did you mean 'upper'?"],
    ],
    [
      'an output of an operation',
      () => gt({ add: [1, 2], output: 'value' }),
      ['/long/entry/gt/0/output belongs to an indicator, not to add'],
    ],
    [
      'a series for an operation',
      () => gt({ lag: ['close', 2], of: 'close' }),
      ['/long/entry/gt/0/of belongs to an indicator, not to lag'],
    ],
    [
      'a series for atr',
      () => gt({ atr: 5, of: 'close' }),
      ['/long/entry/gt/0/of atr reads high, low, close and takes no other series'],
    ],
    ['a lag into the future', () => gt({ lag: ['close', -1] }), [/^\/long\/entry\/gt\/0\/lag\/1 must be >= 0/]],
    ['half a bar', () => gt({ lag: ['close', 0.5] }), [/^\/long\/entry\/gt\/0\/lag\/1 must be integer/]],
    ['empty stops', () => faults({ long: { entry: ALWAYS }, stops: {} }), [/^\/stops must NOT have fewer than 1 prop/]],
    [
      'a stop of 100 %',
      () => faults({ long: { entry: ALWAYS }, stops: { stop_loss: 1 } }),
      [/^\/stops\/stop_loss must be < 1/],
    ],
    [
      'leverage',
      () => faults({ long: { entry: ALWAYS }, sizing: { fraction: 2 } }),
      [/^\/sizing\/fraction must be <= 1/],
    ],
    [
      'a lookback without a target',
      () => faults({ long: { entry: ALWAYS }, sizing: { volatility_target: { lookback_bars: 5 } } }),
      [/^\/sizing\/volatility_target 'annual_volatility' is required/],
    ],
  ])('%s', async (_, found, expected) => {
    const got = await found()
    expect(got).toHaveLength(expected.length)
    expected.forEach(
      (each, i) => void (each instanceof RegExp ? expect(got[i]).toMatch(each) : expect(got[i]).toBe(each)),
    )
  })

  it('names all faults at once', async () => {
    const got = await faults({
      long: {
        entry: { all: [{ gt: ['clos', 1] }, { not: { lt: [{ sma: { window: -1, size: 2 } }, { lag: ['opn', 1] }] } }] },
      },
      short: { entry: ALWAYS, exit: { gte: [{ bars_since: { gt: [{ add: ['close', 'hihg'] }, 1] } }, { foo: 1 }] } },
    })
    expect(got.map(fault => fault.split(' ')[0])).toEqual([
      '/long/entry/all/0/gt/0',
      '/long/entry/all/1/not/lt/0/sma/window',
      '/long/entry/all/1/not/lt/0/sma/size',
      '/long/entry/all/1/not/lt/1/lag/0',
      '/short/exit/gte/0/bars_since/gt/0/add/1',
      '/short/exit/gte/1/foo',
    ])
  })

  it('limits the depth to 32', async () => {
    const nested = (nots: number): RulesCondition => (nots === 0 ? ALWAYS : { not: nested(nots - 1) })
    // The comparison and its operands are two levels more.
    expect(await entry(nested(30))).toEqual([])
    expect(await entry(nested(31))).toEqual([
      `/long/entry${'/not'.repeat(31)}/gt/0 is nested more than 32 deep`,
      `/long/entry${'/not'.repeat(31)}/gt/1 is nested more than 32 deep`,
    ])
    expect(await entry(nested(500))).toEqual([`/long/entry${'/not'.repeat(32)} is nested more than 32 deep`])
  })

  it('limits the number of conditions and operands to 256', async () => {
    const wide = (items: number) => ({ all: new Array(items).fill(ALWAYS) })
    // One for all, three for each comparison: 256 with 85 of them.
    expect(await entry(wide(85))).toEqual([])
    expect(await entry(wide(86))).toEqual(['/long/entry/all/85 is one too many: at most 256 conditions and operands'])
    expect(await entry(wide(200_000))).toHaveLength(1)
    expect(await faults({ long: { entry: wide(50) }, short: { entry: wide(50) } })).toHaveLength(1)
  })

  it('names every missing column and the place that reads it', () => {
    const bars = barsOf([1, 2, 3])
    const spec = {
      long: { entry: { all: [{ gt: ['volume', 'open'] }, { lt: [{ donchian: 1, output: 'upper' }, 'volume'] }] } },
    }
    expect(() => targetsOf(spec, bars)).toThrow(
      expect.objectContaining({
        code: 'DATA_ERROR',
        message: expect.stringContaining('volume, open, high, low'),
        details: [
          { pointer: '/long/entry/all/0/gt/0', message: 'the data have no column volume' },
          { pointer: '/long/entry/all/0/gt/1', message: 'the data have no column open' },
          { pointer: '/long/entry/all/1/lt/0/donchian', message: 'the data have no column high' },
          { pointer: '/long/entry/all/1/lt/0/donchian', message: 'the data have no column low' },
        ],
      }),
    )
    expect(() => targetsOf({ long: { entry: ALWAYS } }, bars, 'next_open')).toThrow(/do not have: open/)
  })
})
