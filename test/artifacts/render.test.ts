import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runReportMarkdown } from '../../src/artifacts/render.ts'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/run-report/${name}`, import.meta.url), 'utf8')

/** The published text with what we write otherwise: `60.0` as `60`, and the two header fields that we add. */
function ours(published: string, header: Record<string, unknown>): string {
  const added = `- **Config Hash:** \`${header.config_hash}\`\n- **Request Id:** \`${header.request_id}\`\n`
  return `${published.replace(/^( .*\d)\.0(,?)$/gm, '$1$2').replace(/(- \*\*Python:.*\n)/, `$1${added}`)}\n`
}

describe('run_report.md', () => {
  it.each(['run-default', 'paper-3y-atr', 'sweep-grid'])('reproduces the published report of %s', name => {
    const report = JSON.parse(fixture(`${name}.report.json`))
    expect(runReportMarkdown(report)).toBe(ours(fixture(`${name}.run_report.md`), report.header))
  })

  it('keeps the published headings of a walk-forward report that selected nothing', () => {
    const name = 'sweep-walkforward-none-selected'
    const headings = (text: string) => text.split('\n').filter(line => line.startsWith('#'))
    const text = runReportMarkdown(JSON.parse(fixture(`${name}.report.json`)))
    expect(headings(text)).toEqual(headings(fixture(`${name}.run_report.md`)))
    expect(text).toContain('## Out-Of-Sample Leaderboard\nNo OOS results found.\n')
  })

  it('says why an extended metric is undefined and repeats warnings', () => {
    const report = { ...JSON.parse(fixture('run-default.report.json')), warnings: ['3 bars missing'] }
    const extended = { sharpe_ratio: 1.25, calmar_ratio: null, undefined_reasons: { calmar_ratio: 'no drawdown' } }
    expect(runReportMarkdown(report, extended)).toContain(
      [
        '## Extended Metrics',
        '| metric       |   value | reason      |',
        '|:-------------|--------:|:------------|',
        '| calmar_ratio |         | no drawdown |',
        '| sharpe_ratio |    1.25 |             |',
        '',
        '## Warnings',
        '- 3 bars missing',
        '',
        '## Artifacts',
      ].join('\n'),
    )
  })

  it('adds no heading, link or markup for hostile text', () => {
    const evil = '\n# owned\n```\n<script>alert(1)</script> [x](http://evil) | `'
    const report = {
      header: { run_id: evil, mode: evil, created_at: evil, config_path: evil, git_commit: evil, python_version: null },
      reproduce: { command: evil },
      config_resolved: { [evil]: evil },
      results: [{ [evil]: evil }],
      artifacts: [{ file_name: evil, size_bytes: 1 }],
      warnings: [evil],
    }
    const text = runReportMarkdown(report, { [evil]: 1 })
    const outside = withoutCode(text)
    expect(outside.match(/^#.*/gm)).toHaveLength(8)
    expect(outside).not.toMatch(/<script|\]\(/)
  })
})

/** Markdown without its fenced blocks and code spans, read as CommonMark reads them. */
function withoutCode(text: string): string {
  const lines: string[] = []
  let fence = ''
  for (const line of text.split('\n')) {
    const run = /^`{3,}/.exec(line)?.[0] ?? ''
    if (fence === '' && run !== '') fence = run
    else if (fence !== '' && line.trim() === run && run.length >= fence.length) fence = ''
    else if (fence === '') lines.push(line)
  }
  expect(fence).toBe('')
  return lines.join('\n').replace(/(?<![`\\])(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, '')
}
