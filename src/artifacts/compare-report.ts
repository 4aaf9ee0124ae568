/** compare_report.{json,md}: chosen runs ranked by one metric. */

import { join } from 'node:path'
import type { CompareReport, RunsIndexRow } from '../../contracts/types.ts'
import { makeFolder, replaceFile } from '../base/files.ts'
import { codeSpan, markdownTable } from '../base/markdown.ts'
import { CONTRACT_VERSION } from '../base/version.ts'
import { MISSING, type RunMetric, SHOWN_FIELDS } from './runs-index-text.ts'

/** Rows by one metric, highest first, those without a value last; equals keep their order. */
export function ranked(rows: readonly RunsIndexRow[], metric: RunMetric): RunsIndexRow[] {
  return rows.toSorted((a, b) => {
    const [x, y] = [a[metric], b[metric]]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    return y - x
  })
}

/** The comparison of some rows; `now` is an ISO instant. */
export function compareReport(rows: readonly RunsIndexRow[], metric: RunMetric, now: string): CompareReport {
  const runs = ranked(rows, metric)
  const best = runs[0]?.[metric] === null ? undefined : runs[0]
  return {
    schema_version: CONTRACT_VERSION,
    generated_at: now,
    sort_by: metric,
    n_runs: runs.length,
    best_run_id: best?.run_id ?? null,
    best_run_path: best?.path ?? null,
    runs,
  }
}

/** Write both files into a folder, which is created; their paths. */
export function writeCompareReport(folder: string, report: CompareReport): { json: string; md: string } {
  makeFolder(folder)
  const paths = { json: join(folder, 'compare_report.json'), md: join(folder, 'compare_report.md') }
  replaceFile(paths.md, compareMarkdown(report))
  replaceFile(paths.json, `${JSON.stringify(report, null, 2)}\n`)
  return paths
}

function compareMarkdown(report: CompareReport): string {
  const metric = codeSpan(report.sort_by)
  const best =
    report.best_run_path === null
      ? [`_No run has a value of ${metric}._`]
      : [`- **run_id:** ${codeSpan(report.best_run_id ?? MISSING)}`, `- **path:** ${codeSpan(report.best_run_path)}`]
  const parts = [
    '# Run Comparison',
    '',
    '## Summary',
    '',
    `- **Generated at:** ${report.generated_at}`,
    `- **Runs compared:** ${report.n_runs}`,
    `- **Ranked by:** ${metric}`,
    '',
    '## Best Run',
    '',
    ...best,
    '',
    '## Ranking',
    '',
    markdownTable(SHOWN_FIELDS, report.runs as unknown as Record<string, unknown>[], MISSING),
    '',
    '## Runs Compared',
    '',
    ...report.runs.map(row => `- ${codeSpan(row.path)}`),
  ]
  return `${parts.join('\n')}\n`
}
