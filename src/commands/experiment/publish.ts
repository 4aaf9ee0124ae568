/** The directory of one attempt of an experiment: report.json with everything, tables, pictures, texts; there whole or not at all. */

import { join } from 'node:path'
import type {
  ExperimentDefinition,
  ExperimentOutputs,
  ExperimentReport,
  ExperimentResult,
} from '../../../contracts/types.ts'
import { ArtifactDir } from '../../artifacts/artifact-dir.ts'
import { histogram } from '../../artifacts/charts.ts'
import { type CurveLabel, curvesFigure, MOST_CURVES, readCurves } from '../../artifacts/experiment-curves.ts'
import {
  countsText,
  experimentMarkdown,
  labelsOf,
  type RunLabels,
  resultsCsv,
} from '../../artifacts/experiment-report.ts'
import { sha256Hex } from '../../base/canonical.ts'
import { fail } from '../../base/errors.ts'
import { isFolder, readTextIfPresent } from '../../base/files.ts'
import { layout } from '../../base/layout.ts'
import { loadValidator } from '../../base/schema.ts'
import { claimStaging, removeStaging } from '../../base/staging.ts'
import { uriOf } from '../registry/run-facts.ts'
import { ranked } from './results.ts'

/** report.json before its files are listed. */
export type ReportDraft = Omit<ExperimentReport, 'artifacts'>

/** Write and publish an attempt; what it produced, as its fact says. */
export async function publishAttempt(root: string, draft: ReportDraft, page: boolean): Promise<ExperimentOutputs> {
  const { experiment_id: id, attempt, results } = draft
  const place = layout.experimentAttempt(root, id, attempt)
  const name = `experiment-${id}-${attempt}`
  // What a process left that died while it wrote.
  removeStaging(layout.staging(root), name)
  const content = claimStaging(layout.staging(root), name)
  if (content === null) throw fail('CONFLICT', { message: `Experiment ${id} is being executed by another process` })
  const directory = new ArtifactDir(`${id}-${attempt}`, content, place)
  try {
    await loadValidator('artifacts/experiment-report')
    const best = ranked(results)
    const definition = draft.definition as unknown as ExperimentDefinition
    const drawn = best.slice(0, MOST_CURVES)
    const labels = labelsOf(drawn, definition)
    const curves = await readCurves(
      drawn.map(({ path }, k) => ({ label: labelOf(labels, k), path: join(root, path as string) })),
    )
    directory.write('results.csv', resultsCsv(results, Object.keys(definition.params)))
    const chosen = `The best runs by total return, chosen after the fact, by ${labels.names.join(', ')}`
    const pictures = writePictures(directory, draft, best, curvesFigure(draft.name, chosen, curves))
    const listed = () => ({ ...draft, artifacts: [...directory.files] })
    directory.write('experiment_report.md', experimentMarkdown(listed(), best, pictures))
    if (page) {
      const { experimentPage } = await import('../../artifacts/experiment-page.ts')
      directory.write('report.html', experimentPage(listed(), best, curves))
    }
    const { sha256 } = directory.writeJson('report.json', 'artifacts/experiment-report', listed())
    await directory.settle()
    directory.publish()
    return outputsOf(root, place, draft, sha256)
  } catch (error) {
    if (isFolder(content)) directory.drop()
    throw error
  }
}

/** What an attempt produced whose process died before it could say so; null where it published nothing. */
export function publishedAttempt(
  root: string,
  id: string,
  attempt: number,
): { report: ExperimentReport; outputs: ExperimentOutputs } | null {
  const place = layout.experimentAttempt(root, id, attempt)
  const text = readTextIfPresent(join(place, 'report.json'))
  if (text === null) return null
  const report = JSON.parse(text) as ExperimentReport
  return { report, outputs: outputsOf(root, place, report, sha256Hex(text)) }
}

function outputsOf(root: string, place: string, draft: ReportDraft, reportHash: string): ExperimentOutputs {
  const { summary, results, results_hash: resultsHash, aborted } = draft
  const { variations, successful, failed, skipped } = summary
  return {
    path: uriOf(root, place),
    reportPath: uriOf(root, join(place, 'report.json')),
    reportHash,
    resultsHash,
    ...{ variations, successful, failed, skipped },
    runIds: results.flatMap(({ run_id }) => run_id ?? []),
    ...(aborted === null ? {} : { aborted }),
  }
}

function writePictures(
  directory: ArtifactDir,
  draft: ReportDraft,
  best: readonly ExperimentResult[],
  growth: string | null,
): string[] {
  const { name, summary } = draft
  const pictures: string[] = []
  const write = (file: string, svg: string | null) => {
    if (svg === null) return
    directory.write(file, svg)
    pictures.push(file)
  }
  write('artifacts/growth.svg', growth)
  const values = Float64Array.from(best.flatMap(row => row.summary?.total_return ?? []))
  if (values.length > 1)
    write(
      'artifacts/returns.svg',
      histogram({ title: name, subtitle: `Total returns: ${countsText(summary)}`, values, format: 'percent' }),
    )
  return pictures
}

function labelOf({ names, values }: RunLabels, run: number): CurveLabel {
  const full = names.map((name, k) => `${name} ${values[run][k]}`).join(', ')
  return { full, values: values[run].join(', ') }
}
