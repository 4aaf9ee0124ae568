/** `lab report`: the answers of a template's SQL over RunSets, as Markdown, a page or JSON, with their provenance. */

import type { LabReportDocument, LabReportRequest, LabReportResult, LabTable } from '../../../contracts/types.ts'
import { labPage } from '../../artifacts/lab-page.ts'
import { type LabReport, modeOf } from '../../artifacts/lab-pieces.ts'
import { labMarkdown } from '../../artifacts/lab-report.ts'
import { sha256Hex } from '../../base/canonical.ts'
import { fail } from '../../base/errors.ts'
import { readTextIfPresent } from '../../base/files.ts'
import { nearest } from '../../base/near.ts'
import { resolvePath } from '../../base/paths.ts'
import { isoInstant } from '../../base/time.ts'
import { VERSION } from '../../base/version.ts'
import type { Command, Context } from '../command.ts'
import { foundRunSet, labAnswers, outPath, parametersOf, writeOut } from './setting.ts'
import { filledTemplate, type LabTemplate, parseTemplate } from './template.ts'
import { TEMPLATES } from './templates.ts'

/** Rows of one block. */
const BLOCK_ROWS = 10_000

const FORMATS: Record<string, 'md' | 'html' | 'json'> = { '.md': 'md', '.html': 'html', '.json': 'json' }

export const labReport: Command<LabReportRequest> = {
  async run(request, context) {
    const out = request.out === undefined ? null : outPath(request.out, Object.keys(FORMATS), context)
    const format = formatOf(request, out)
    const { template, defaults } = templateOf(request, context)
    const values = { ...defaults, ...parametersOf(request.param) }
    const found = []
    for (const reference of request.runset) found.push(await foundRunSet(reference, context))
    const runsets = found.map(({ runset }) => runset)
    const queries = template.queries.map(query => ({ ...query, values }))
    const answers = await labAnswers(runsets, queries, request, BLOCK_ROWS, context)
    const tables = answers.map(
      ({ name, columns, rows, truncated }): LabTable => ({
        name,
        columns,
        rows,
        rowCount: rows.length,
        truncated: truncated !== null,
      }),
    )
    const provenance = found.map(({ source }) => source)
    const mode = modeOf(provenance)
    const document: LabReportDocument = {
      schema_version: '1.0',
      title: template.title,
      template: template.name,
      templateHash: sha256Hex(template.text),
      mode,
      parameters: values,
      tables,
      provenance,
    }
    const body = bodyOf(format, { document, pieces: filledTemplate(template, tables) })
    if (out !== null) save(out, body, mode, context)
    const result: LabReportResult = {
      format,
      mode,
      report: document,
      body: format === 'json' ? null : body,
      bodyHash: sha256Hex(body),
      out,
    }
    const warnings = [...found.flatMap(each => each.warnings), ...exploratoryWarning(mode, request.allow_exploratory)]
    return { answer: { result }, warnings, text: () => (out === null ? body : `Saved: ${out}`) }
  },
}

function bodyOf(format: LabReportResult['format'], report: LabReport): string {
  if (format === 'html') return labPage(report)
  return format === 'md' ? labMarkdown(report) : `${JSON.stringify(report.document, null, 2)}\n`
}

/** The body holds no clock: when and by what it was made stands beside it. */
function save(out: string, body: string, mode: string, { clock }: Context): void {
  writeOut(out, body)
  const made = { generated_at: isoInstant(clock.now()), quantlab_version: VERSION, mode, sha256: sha256Hex(body) }
  writeOut(`${out}.meta.json`, `${JSON.stringify(made, null, 2)}\n`)
}

function exploratoryWarning(mode: LabReportResult['mode'], allowed: boolean): string[] {
  if (mode === 'reproducible' || allowed) return []
  return [
    'EXPLORATORY: not every RunSet is pinned, so the same call may answer something else later; freeze them, or pass allow_exploratory.',
  ]
}

function formatOf({ format }: LabReportRequest, out: string | null): 'md' | 'html' | 'json' {
  const named = out === null ? undefined : FORMATS[out.slice(out.lastIndexOf('.')).toLowerCase()]
  if (format !== undefined && named !== undefined && named !== format) {
    const message = `The report is asked for as ${format}, but ${out} would hold ${named}`
    throw fail(
      'INVALID_CONFIG',
      { message },
      { details: [{ pointer: '/params/out', message, expected: `.${format}` }] },
    )
  }
  return format ?? named ?? 'md'
}

/** A template of the program by its name, else the file of the caller. */
function templateOf(
  { template: name, runset }: LabReportRequest,
  context: Context,
): { template: LabTemplate; defaults: Record<string, string> } {
  const known = Object.hasOwn(TEMPLATES, name) ? TEMPLATES[name] : undefined
  if (known === undefined) {
    const text = readTextIfPresent(resolvePath(context.root, context.cwd, name))
    if (text === null) throw unknownTemplate(name)
    return { template: parseTemplate(name, text), defaults: {} }
  }
  if (runset.length < known.least || runset.length > known.most) {
    const wanted = known.most === 1 ? 'one RunSet' : `${known.least} to ${known.most} RunSets`
    const message = `The template ${name} takes ${wanted}, not ${runset.length}`
    throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/runset', message }] })
  }
  return { template: parseTemplate(name, known.text(runset.length)), defaults: known.defaults }
}

function unknownTemplate(name: string): Error {
  const expected = Object.keys(TEMPLATES)
  const suggestion = nearest(name, expected)
  const message = `There is no template ${name}, and no file of this name; templates: ${expected.join(', ')}`
  const detail = { pointer: '/params/template', message, expected, ...(suggestion === undefined ? {} : { suggestion }) }
  return fail(
    'INVALID_CONFIG',
    { message },
    { details: [detail], ...(suggestion ? { hint: `Did you mean ${suggestion}?` } : {}) },
  )
}
