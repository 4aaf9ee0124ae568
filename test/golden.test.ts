/**
 * What the published implementation answers, case by case: each step of a case is performed in a fresh root, and every
 * published field must be there with the same value (numbers to 1e-9 relative, 1e-12 near zero). Where a published
 * answer is a listed defect, the table below says what we do instead.
 */

import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCsv } from '../src/base/csv.ts'
import { call, rootWithData } from './harness.ts'

const CASES = 'test/fixtures/golden'

/** Exit codes that differ from the published ones, one a step. */
const REPAIRED_EXITS: Record<string, number[]> = {
  'error-params-null': [2],
  'error-request-is-list': [2],
  'error-slippage-mode-unknown': [2],
  'error-unknown-param-ignored': [2],
  'error-short-history-run': [3],
  'error-run-trades-csv-missing': [3],
  'error-run-trades-csv-roundtrip': [0],
  'surface-runs-legacy': [0, 0, 0, 0, 0, 0, 6, 0],
  'error-forward-missing-run-dir': [6],
  'error-forward-without-run-dir': [2],
  'error-portfolio-missing-root': [6],
  'error-sweep-missing-ticker': [2],
  'error-sweep-short-history': [3],
  'error-sweep-yaml-date': [0],
}

/** Files whose published content is itself a listed defect, or of a run that is repaired. */
const REPAIRED_FILES: Record<string, string[]> = {
  'error-run-trades-csv-roundtrip': ['trades.csv'],
  'error-unknown-param-ignored': ['*'],
  'error-slippage-mode-unknown': ['*'],
}

/** Fields whose published value is a listed defect: an empty or shortened summary, the split rows in its place. */
const REPAIRED_FIELDS: Record<string, RegExp> = {
  'sweep-grid': /metrics\.json\.leaderboard_size$|report\.json\.summary$/,
  'sweep-no-grid': /report\.json\.summary$/,
  'sweep-walkforward': /report\.json\.(?:summary|kpi_summary)$/,
  'sweep-walkforward-none-selected': /report\.json\.summary$/,
  'surface-runs-index-from-sweep': /metrics\.json\.leaderboard_size$|report\.json\.summary$/,
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const ABSOLUTE = /^\//
const RUN_ID = /^\d{8}_\d{6}_[a-z_]+_[0-9a-f]{7}(?:-\d+)?$/

/** Fields that name this execution: their form is checked, not their value. */
const VOLATILE = new Map<string, RegExp>([
  ['run_id', RUN_ID],
  ['created_at', INSTANT],
  ['generated_at', INSTANT],
  ['timestamp', INSTANT],
  ['git_commit', /^(?:[0-9a-f]{40,64}|unknown)$/],
  ['config_hash', /^[0-9a-f]{64}$/],
  // Python's own fields stay, and say nothing.
  ['python_version', /^null$/],
  ['python_executable', /^null$/],
  ['path', ABSOLUTE],
  ['root_dir', ABSOLUTE],
  ['artifacts_path', ABSOLUTE],
  ['report_path', ABSOLUTE],
  ['runs_index_root', ABSOLUTE],
  ['runs_index_csv', ABSOLUTE],
  ['runs_index_json', ABSOLUTE],
  ['runs_index_md', ABSOLUTE],
  ['best_run_path', /./],
  ['message', /./],
  ['reproduce', /./],
])

/** Beginnings of messages that callers rely on. */
const RELIED_ON: Record<string, string> = {
  'error-bad-json': 'Invalid --json-request payload: ',
  'error-missing-command': "Missing 'command' in JSON request.",
  'error-params-list': "'params' in JSON request must be an object.",
  'error-schema-version': "Unsupported or missing schema_version '2.0'. Expected '1.0'.",
  'error-sweep-missing-file': 'Sweep config not found: ',
  'error-unknown-command': "Unknown command 'teleport'. Valid commands: run, ",
}

const cases = readdirSync(CASES).filter(name => existsSync(join(CASES, name, 'expected_exit.txt')))

describe.each(cases)('%s', name => {
  it('answers as published', async () => {
    const folder = join(CASES, name)
    const root = await rootWithData()
    const inputs = join(folder, 'files')
    // Inputs are what the case read: everything outside outputs/ that a step did not write.
    if (existsSync(inputs))
      cpSync(inputs, root, {
        recursive: true,
        filter: source => !/^(?:outputs|cmp|runs\/(?:\d{8}_|runs_index))/.test(relative(inputs, source)),
      })
    const published = readFileSync(join(folder, 'expected_exit.txt'), 'utf8').trim().split(/\s+/).map(Number)
    const expected = REPAIRED_EXITS[name] ?? published
    const steps = readdirSync(join(folder, 'requests'))
      .sort()
      .map(file => JSON.parse(readFileSync(join(folder, 'requests', file), 'utf8')))
    const codes: number[] = []
    const outputs: string[] = []
    for (const step of steps) {
      const argv: string[] = Array.isArray(step.argv) ? step.argv : ['--json-request', JSON.stringify(step)]
      const called = await call(root, [...argv, '--signal-file', 'signals.jsonl'])
      codes.push(called.code)
      outputs.push(called.stdout)
    }
    expect(codes).toEqual(expected)
    if (expected.every((code, step) => code === published[step])) compareSignals(folder, root)
    else expectEndings(root, expected)
    if (RELIED_ON[name] !== undefined) {
      const failed = signalsIn(join(root, 'signals.jsonl')).at(-1)
      expect(String(failed?.['message']).startsWith(RELIED_ON[name]), String(failed?.['message'])).toBe(true)
    }
    compareFiles(name, folder, root)
    if (name === 'surface-runs-legacy') compareTexts(folder, outputs)
  })
})

function signalsIn(path: string): Record<string, unknown>[] {
  return (existsSync(path) ? readFileSync(path, 'utf8') : '')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map(line => parseLoose(line) as Record<string, unknown>)
}

/** Where codes are repaired, each request still ends with the one terminal event that says so. */
function expectEndings(root: string, codes: readonly number[]): void {
  const ends = signalsIn(join(root, 'signals.jsonl')).filter(event => /COMPLETED|FAILED/.test(String(event['event'])))
  expect(ends.map(event => (event['event'] === 'SESSION_COMPLETED' ? 0 : event['exit_code']))).toEqual(codes)
}

/** Every published event is there, in order, with its fields; a request refused before dispatch has no STARTED. */
function compareSignals(folder: string, root: string): void {
  if (!existsSync(join(folder, 'signals.jsonl'))) return
  const published = signalsIn(join(folder, 'signals.jsonl'))
  // Progress is told besides.
  const ours = signalsIn(join(root, 'signals.jsonl')).filter(event => event['event'] !== 'PROGRESS')
  const failedBefore = ours.length > 0 && ours[0]['event'] === 'SESSION_FAILED'
  const wanted = failedBefore ? published.filter(event => event['event'] !== 'SESSION_STARTED') : published
  if (published.length === 0) return
  expect(ours.map(event => event['event'])).toEqual(wanted.map(event => event['event']))
  wanted.forEach((event, index) => {
    const fields = { ...event }
    // The id of a request is known as soon as it is JSON, its command with the envelope; published, both come later.
    if (failedBefore) delete fields['request_id']
    if (failedBefore && fields['mode'] === 'unknown') delete fields['mode']
    compare(fields, ours[index], `signals[${index}]`)
  })
}

function compareFiles(name: string, folder: string, root: string): void {
  const skipped = REPAIRED_FILES[name] ?? []
  if (skipped.includes('*')) return
  const base = join(folder, 'files')
  if (!existsSync(base)) return
  const places = ['outputs/runs', 'runs']
  const runs = places.flatMap(place => directories(join(base, place)))
  const ourRuns = places.flatMap(place => directories(join(root, place)))
  expect(ourRuns.length, 'run directories').toBe(runs.length)
  for (const path of filesBelow(base)) {
    if (skipped.some(ending => path.endsWith(ending)) || path.endsWith('.md')) continue
    const position = runs.findIndex(run => path.includes(run))
    const ours = join(root, position < 0 ? path : path.replace(runs[position], ourRuns[position]))
    expect(existsSync(ours), `${path} is missing`).toBe(true)
    if (path.endsWith('.json')) {
      if (path.includes('corrupt') || /^runs\/(?!\d{8}_|runs_index)/.test(path)) continue
      const repaired = REPAIRED_FIELDS[name]
      compare(
        parseLoose(readFileSync(join(base, path), 'utf8')),
        JSON.parse(readFileSync(ours, 'utf8')),
        path,
        repaired,
      )
    } else if (path.endsWith('.csv'))
      compareCsv(readFileSync(join(base, path), 'utf8'), readFileSync(ours, 'utf8'), path)
  }
}

/** The published tables, blank at the ends of lines aside; an infinity is no number any more. */
function compareTexts(folder: string, outputs: string[]): void {
  const published = readFileSync(join(folder, 'stdout.txt'), 'utf8')
    .split(/===== step \d+ stdout =====\n/)
    .slice(1)
  // NaN reads as null, and null prints as nothing.
  const plain = (text: string) =>
    text
      .replaceAll('nan', '   ')
      .split('\n')
      .map(line => line.trimEnd())
      .join('\n')
      .trim()
  for (const step of [0, 1, 2, 3, 5, 7]) expect(plain(outputs[step])).toBe(plain(published[step]))
  expect(outputs[4]).toContain('run_id  : C')
  expect(outputs[4]).toContain('total_return: 0.5')
}

function compare(published: unknown, ours: unknown, place: string, repaired?: RegExp): void {
  if (repaired?.test(place)) return
  if (typeof published === 'string' && isLiteral(published)) compare(parseLiteral(published), ours, place)
  else if (typeof published === 'number') {
    if (!Number.isFinite(published)) expect(ours, place).toBeNull()
    else closeTo(ours, published, place)
  } else if (Array.isArray(published)) {
    expect(Array.isArray(ours) && ours.length, place).toBe(published.length)
    published.forEach((item, index) => {
      compare(item, (ours as unknown[])[index], `${place}[${index}]`, repaired)
    })
  } else if (typeof published === 'object' && published !== null) {
    for (const [key, value] of Object.entries(published)) {
      expect(Object.hasOwn((ours ?? {}) as object, key), `${place}.${key} is missing`).toBe(true)
      const [our, below] = [(ours as Record<string, unknown>)[key], `${place}.${key}`]
      if (key === 'artifacts' && Array.isArray(value)) compareListed(value, our, below)
      else if (!VOLATILE.has(key) || value === null) compare(value, our, below, repaired)
      // What the case itself brought along, such as the run ids of earlier writers, is kept as it was.
      else if (our !== value)
        expect(typeof our === 'object' ? JSON.stringify(our) : our, below).toMatch(VOLATILE.get(key)!)
    }
  } else expect(ours, place).toEqual(published)
}

/** A list of files: the published ones are in it, and each entry has the published fields. */
function compareListed(published: readonly Record<string, unknown>[], ours: unknown, place: string): void {
  const listed = ours as Record<string, unknown>[]
  for (const { file_name } of published)
    expect(
      listed.some(file => file['file_name'] === file_name),
      `${place}: ${String(file_name)}`,
    ).toBe(true)
  for (const file of listed)
    expect([typeof file['file_name'], Number(file['size_bytes']) > 0], place).toEqual(['string', true])
}

function compareCsv(published: string, ours: string, place: string): void {
  if (published.trim() === '') {
    expect(ours, place).toBe(published)
    return
  }
  const rows = (text: string) => {
    const { header, rows } = parseCsv(text.replaceAll('nan', '   ').trimEnd(), place)
    return [header, ...rows]
  }
  const [header, ...lines] = rows(published)
  const [ourHeader, ...ourLines] = rows(ours)
  expect(ourLines.length, `${place} rows`).toBe(lines.length)
  for (const [column, key] of header.entries()) {
    const ourColumn = ourHeader.indexOf(key)
    expect(ourColumn, `${place}: column ${key}`).toBeGreaterThanOrEqual(0)
    if (VOLATILE.has(key)) continue
    lines.forEach((cells, row) => {
      const cell = cells[column] ?? ''
      const our = ourLines[row][ourColumn] ?? ''
      const where = `${place}: ${key} in row ${row + 1}`
      if (isLiteral(cell)) compare(parseLiteral(cell), JSON.parse(our), where)
      else if (/^(?:True|False)$/.test(cell)) expect(our, where).toBe(cell.toLowerCase())
      else if (cell !== '' && Number.isFinite(Number(cell)))
        closeTo(our === '' ? null : Number(our), Number(cell), where)
      else expect(our, where).toBe(cell)
    })
  }
}

function closeTo(ours: unknown, published: number, place: string): void {
  expect(typeof ours, `${place}: ${String(ours)} for ${published}`).toBe('number')
  const allowed = Math.max(1e-12, 1e-9 * Math.abs(published))
  expect(Math.abs((ours as number) - published), `${place}: ${String(ours)} for ${published}`).toBeLessThanOrEqual(
    allowed,
  )
}

/** Lists and objects in published tables are written as Python does; ours hold JSON. */
function isLiteral(text: string): boolean {
  return /^[[{]'|^\[\{'/.test(text)
}

function parseLiteral(text: string): unknown {
  return JSON.parse(text.replaceAll("'", '"').replace(/\b(?:True|False)\b/g, word => word.toLowerCase()))
}

/** Published JSON may hold NaN and Infinity, which read as null. */
function parseLoose(text: string): unknown {
  return JSON.parse(text.replace(/\b-?(?:NaN|Infinity)\b/g, 'null'))
}

function directories(path: string): string[] {
  return existsSync(path)
    ? readdirSync(path)
        .filter(entry => statSync(join(path, entry)).isDirectory())
        .sort()
    : []
}

function filesBelow(path: string, prefix = ''): string[] {
  return readdirSync(join(path, prefix))
    .sort()
    .flatMap(entry => {
      const below = join(prefix, entry)
      return statSync(join(path, below)).isDirectory() ? filesBelow(path, below) : [below]
    })
}
