/** Market caps of another coin under the name: told at registration, never repaired. */

import { describe, expect, it } from 'vitest'
import { newRoot } from './lake.ts'
import { panelFolder, register, tableCsv } from './panel-lake.ts'

const folder = (caps: (number | null)[], prices: (number | null)[] = [10, 11, 12]) => ({
  'fact_price.csv': tableCsv('close', { BTC: [100, 110, 121], ETH: prices }),
  'fact_marketcap.csv': tableCsv('marketcap', { BTC: [1000, 1100, 1210], ETH: caps }),
  'fact_volume.csv': tableCsv('volume', { BTC: [1, 1, 1], ETH: [1, 1, 1] }),
  'dim_asset.csv': 'asset_id,is_stable,is_wrapped\nBTC,false,false\nETH,false,false\n',
})

const warningsFor = async (...given: Parameters<typeof folder>) => {
  const root = newRoot()
  return (await register(root, { id: 'p', path: panelFolder(root, folder(...given)) })).warnings
}

describe('a supply that changes tenfold in a day', () => {
  // Supplies of 10; then 0.01, then 10 again.
  it('is told with its days, both ways', async () => {
    expect(await warningsFor([100, 0.11, 120])).toEqual([
      expect.stringMatching(/tenfold .*ETH 2024-01-02.*ETH 2024-01-03/),
    ])
  })

  it('is seen across days without a price or a market cap', async () => {
    expect(await warningsFor([100, null, 0.12])).toEqual([expect.stringMatching(/tenfold .*ETH 2024-01-03$/)])
    expect(await warningsFor([100, 5, 120], [10, null, 12])).toEqual([])
  })

  it('is not a price that moves tenfold with its market cap', async () => {
    expect(await warningsFor([100, 300, 900], [10, 30, 90])).toEqual([])
  })
})
