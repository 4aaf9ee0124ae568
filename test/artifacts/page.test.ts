import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { htmlPage, type RunPageInput, runPage } from '../../src/artifacts/page.ts'
import { chartLibrary } from '../../src/artifacts/page-library.ts'
import { markup, textOf } from '../../src/artifacts/page-markup.ts'
import { drawnBars, monthlyReturns, returnsInMarket } from '../../src/artifacts/page-series.ts'
import { HOSTILE } from './markup.ts'

const DAY = 86_400_000

const input: RunPageInput = {
  report: {
    status: 'success',
    header: { run_id: '20210101_000000_run_abc1234', config_hash: 'c0ffee' },
    config_resolved: { ticker: 'ETH-USD', strategy: 'sma_cross', interval: '1d', strategy_params: { fast: 5 } },
    artifacts: [{ file_name: 'config.json', size_bytes: 290, sha256: 'beef' }],
    dataset: { dataset_id: 'eth', content_hash: 'dada' },
  },
  metrics: {
    summary: { total_return: 0.21, max_drawdown: -0.1, sharpe_simple: 1.5, trades: 2, win_rate: null },
    extended: { cagr: 0.4, calmar_ratio: null, undefined_reasons: { calmar_ratio: 'no drawdown' } },
  },
  ts: Float64Array.of(0, DAY, 2 * DAY, 3 * DAY),
  close: Float64Array.of(100, 110, 99, 121),
  equity: Float64Array.of(1, 1.1, 0.99, 1.21),
  drawdown: Float64Array.of(0, 0, -0.1, 0),
  position: Float64Array.of(1, 1, 1, 0),
  trades: [
    { timestamp: '1970-01-01', side: 'BUY', qty: 10.123456789 },
    { timestamp: '1970-01-04', side: 'SELL', qty: 0 },
  ],
}

/** The script elements of a page: type attribute and content, found as a browser finds them: the first end tag ends it. */
function scriptsOf(html: string): { type: string | null; text: string }[] {
  return [...html.matchAll(/<script(?: type="([^"]*)")?[^>]*>([\s\S]*?)<\/script/gi)].map(match => ({
    type: match[1] ?? null,
    text: match[2],
  }))
}

function dataOf(html: string) {
  return JSON.parse(scriptsOf(html).find(script => script.type === 'application/json')?.text ?? '')
}

/** The page without its scripts and styles: what the browser shows of the markup itself. */
function bodyOf(html: string): string {
  return html.replace(/<script[\s\S]*?<\/script>/gi, '').replace(/<style>[\s\S]*?<\/style>/g, '')
}

describe('runPage', () => {
  const html = runPage(input)

  it('loads nothing from elsewhere and lets only its own scripts run', () => {
    expect(bodyOf(html)).not.toMatch(/\s(?:src|href)="(?!#)/)
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? ''
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'unsafe-inline' 'sha256-.*; style-src 'unsafe-inline'; img-src data:/,
    )
    const code = scriptsOf(html).filter(script => script.type === null)
    expect(code).toHaveLength(2)
    for (const { text } of code) {
      expect(policy).toContain(`'sha256-${createHash('sha256').update(text).digest('base64')}'`)
      expect(() => new Function(text)).not.toThrow()
    }
    expect(code[0].text).toBe(chartLibrary())
  })

  it('carries the columns and the options of its charts, each with a place', () => {
    const data = dataOf(html)
    expect(data.columns.time).toEqual([0, DAY, 2 * DAY, 3 * DAY])
    expect(data.columns.held).toEqual([1, 1.1, 0.99, 1.21])
    expect(data.columns.drawdown).toEqual([0, 0, -0.1, 0])
    for (const id of Object.keys(data.charts)) expect(html).toContain(`id="${id}"`)
    const history = data.charts['chart-history']
    for (const name of history.columns) expect(data.columns).toHaveProperty(name)
    const named = Object.fromEntries(
      history.series.map((series: { name: string; data?: unknown }) => [series.name, series.data]),
    )
    expect(named.Entries).toEqual([[0, 100]])
    expect(named.Exits).toEqual([[3 * DAY, 121]])
    expect(history.dataZoom[1].xAxisIndex).toEqual([0, 1, 2, 3])
  })

  it('shows identity, figures with reasons, fills, configuration and provenance', () => {
    const body = bodyOf(html)
    expect(body).toContain('<h1>ETH-USD · sma_cross</h1>')
    expect(body).toContain('20210101_000000_run_abc1234 · 1970-01-01 to 1970-01-04 · 1d · success')
    expect(body).toContain('<dt>Total return</dt><dd class="gain">+21.00%</dd>')
    expect(body).toContain('<dt>Calmar</dt><dd>–</dd><p>no drawdown</p>')
    expect(body).toContain('<td class="number" data-value="10.123456789">10.1235</td>')
    for (const pair of [
      'strategy_params.fast</th><td>5',
      'config_hash</th><td>c0ffee',
      'dataset.content_hash</th><td>dada',
    ]) {
      expect(body).toContain(pair)
    }
    expect(body).toContain('<td>beef</td>')
    expect(body).not.toContain('id="warnings"')
  })

  it('has the same bytes for the same input', () => {
    expect(runPage(structuredClone(input))).toBe(html)
  })

  it('keeps hostile text inert wherever it comes from', () => {
    const evil: RunPageInput = {
      ...input,
      report: {
        status: HOSTILE,
        header: { run_id: HOSTILE, [HOSTILE]: HOSTILE },
        config_resolved: { ticker: HOSTILE, strategy: HOSTILE, [HOSTILE]: { [HOSTILE]: [HOSTILE] } },
        artifacts: [{ file_name: HOSTILE, size_bytes: HOSTILE, sha256: HOSTILE }],
        warnings: [HOSTILE, { markup: '<script>alert(2)</script>' }],
        [HOSTILE]: HOSTILE,
      },
      metrics: {
        summary: { [HOSTILE]: HOSTILE, win_rate: null },
        extended: {
          calmar_ratio: null,
          [HOSTILE]: null,
          undefined_reasons: { calmar_ratio: HOSTILE, [HOSTILE]: HOSTILE },
        },
      },
      trades: [{ [HOSTILE]: HOSTILE }],
    }
    const page = runPage(evil)
    expect(scriptsOf(page)).toHaveLength(3)
    const body = bodyOf(page)
    expect(body).not.toMatch(/<(?:script|img)|<!--|onerror="/)
    expect(body).not.toMatch(/[^\n\u0020-\u007e\u00a0-\u2027\u2030-\u2065\u206a-\ud7ff\ue000-\ufffd]/)
    expect(body).toContain('&lt;script&gt;alert(2)&lt;/script&gt;')
    expect(() => dataOf(page)).not.toThrow()
  })

  it('shows the first 1,000 of many fills and says so', () => {
    const trades = Array.from({ length: 1001 }, (_, i) => ({ timestamp: '1970-01-01', qty: i + 0.5 }))
    const body = bodyOf(runPage({ ...input, trades }))
    expect(body).toContain('data-value="999.5"')
    expect(body).not.toContain('data-value="1000.5"')
    expect(body).toContain('The first 1,000 of 1,001 fills')
  })

  it('leaves the histogram out when there was never a position', () => {
    const flat = { equity: Float64Array.of(1, 1, 1, 1), drawdown: new Float64Array(4), position: new Float64Array(4) }
    const page = runPage({ ...input, ...flat, trades: [] })
    expect(Object.keys(dataOf(page).charts)).toEqual(['chart-history'])
    expect(page).not.toContain('id="chart-returns"')
  })

  it('refuses no bar and a short column', () => {
    const none = new Float64Array(0)
    expect(() => runPage({ ...input, ts: none, close: none, equity: none, drawdown: none, position: none })).toThrow(
      /no bar/,
    )
    expect(() => runPage({ ...input, position: none })).toThrow(/0 values for 4 bars/)
  })
})

describe('htmlPage', () => {
  it('keeps data that would end its script element inside it', () => {
    const text = '</script><script>alert(1)</script><!--\u2028'
    const html = htmlPage({ title: 't', lead: '', sections: [], data: { columns: { a: [text] }, charts: {} } })
    expect(dataOf(html).columns.a).toEqual([text])
  })

  it('adds the script of a page after the common one, under its own hash', () => {
    const script = 'document.title = "</script>"'
    const html = htmlPage({ title: 't', lead: '', sections: [], data: { columns: {}, charts: {} }, script })
    expect(scriptsOf(html).at(-1)?.text).toBe('document.title = "<\\/script>"')
  })
})

describe('markup', () => {
  it('escapes every value and passes only finished markup', () => {
    const inner = markup`<b>${'<i>'}</b>`
    expect(textOf(markup`<p title="${'"x"'}">${inner}${[inner, '&']}${null}</p>`)).toBe(
      '<p title="&quot;x&quot;"><b>&lt;i&gt;</b><b>&lt;i&gt;</b>&amp;</p>',
    )
    // JSON that imitates finished markup is data.
    expect(textOf(markup`${JSON.parse('{"markup":"<b>"}')}`)).not.toContain('<b>')
  })
})

describe('series', () => {
  it('takes months from month end to month end in UTC', () => {
    const at = (month: number, day: number) => Date.UTC(2020, month - 1, day)
    const ts = Float64Array.of(at(11, 29), at(11, 30), at(12, 31), at(13, 1), at(15, 31))
    const { years, values, totals } = monthlyReturns(ts, Float64Array.of(100, 110, 99, 198, 99))
    expect(years).toEqual([2020, 2021])
    const filled = [...values].flatMap((value, cell) =>
      Number.isNaN(value) ? [] : [[cell, Number(value.toFixed(12))]],
    )
    // Nov 110/100, Dec 99/110, Jan 198/99, Mar 99/198; February has no bar.
    expect(filled).toEqual([
      [10, 0.1],
      [11, -0.1],
      [12, 1],
      [14, -0.5],
    ])
    expect([...totals].map(total => Number(total.toFixed(12)))).toEqual([-0.01, 0])
  })

  it('counts returns of bars in the market and costs of entries, not idle bars', () => {
    const returns = returnsInMarket(Float64Array.of(1, 1, 0.99, 1.089, 1.089, 1.089), Float64Array.of(0, 0, 1, 1, 0, 0))
    // Bar 1 idle; bar 2 pays the entry; bars 3 and 4 began with a position; bar 5 idle.
    expect([...returns].map(value => Number(value.toFixed(12)))).toEqual([-0.01, 0.1, 0])
  })

  it('thins long columns without losing first, last or extremes', () => {
    const column = new Float64Array(100_000).fill(1)
    column[70_001] = 9
    column[70_002] = -9
    const bars = drawnBars([column], column.length, 1000)
    expect(bars.length).toBeLessThanOrEqual(1002)
    for (const bar of [0, 70_001, 70_002, 99_999]) expect(bars).toContain(bar)
    expect([...bars].every((bar, i) => i === 0 || bar > bars[i - 1])).toBe(true)
    expect([...drawnBars([column], 5, 1000)]).toEqual([0, 1, 2, 3, 4])
  })
})
