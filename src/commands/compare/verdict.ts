/** What a comparison comes to: whether the results are the same, and what explains a difference, the first cause first. Pure. */

import type {
  ComparedField,
  ComparedRows,
  Comparison,
  ComparisonExplanation,
  ComparisonVerdict,
} from '../../../contracts/types.ts'

type Parts = Omit<Comparison, 'schemaVersion' | 'verdict' | 'missing'>

/** The verdict over compared parts. */
export function verdictOf(parts: Parts): ComparisonVerdict {
  const same = sameResults(parts)
  const inputs = parts.inputs.same
  const explanations = same === true && inputs === true ? [] : causesOf(parts)
  const code = codeOf(same, inputs)
  const how = parts.a.resultHash !== null && parts.a.resultHash === parts.b.resultHash ? ' (equal result_hash)' : ''
  const first = explanations[0]?.text
  const because = first === undefined ? '.' : `: ${first}.`
  const texts: Record<ComparisonVerdict['code'], string> = {
    identical: `Identical: the same inputs gave the same result${how}.`,
    same_results: `The same result${how} from different inputs${because}`,
    different_results: `The same inputs gave different results${because}`,
    different_inputs: `Different inputs, different results${because}`,
    unknown: `Not decided: ${undecided(same, inputs)}${because}`,
  }
  return { code, same, text: texts[code] + unchangedText(parts, same), explanations }
}

function codeOf(same: boolean | null, inputs: boolean | null): ComparisonVerdict['code'] {
  if (same === null || inputs === null) return 'unknown'
  if (same) return inputs ? 'identical' : 'same_results'
  return inputs ? 'different_results' : 'different_inputs'
}

function undecided(same: boolean | null, inputs: boolean | null): string {
  const results =
    same === null
      ? 'nothing tells whether the results are the same'
      : same
        ? 'the results are the same'
        : 'the results differ'
  return inputs === null ? `${results}, and a side does not record its inputs` : results
}

/** Which parts are the same although the results are not. */
function unchangedText({ trades, trials, equity }: Parts, same: boolean | null): string {
  if (same !== false) return ''
  const equal = (rows: ComparedRows | null) =>
    rows?.comparable === true && rows.rowsA > 0 && rows.changed + rows.onlyA + rows.onlyB === 0
  const parts = [
    equal(trades) ? 'fills' : [],
    equal(trials) ? 'trials' : [],
    equity.common > 0 && equity.firstDifference === null && equity.firstUnmatched === null ? 'curve' : [],
  ].flat()
  return parts.length === 0 ? '' : ` The same on both sides: ${parts.join(' and ')}.`
}

/** By the hash over the whole result where both have one; else all parts that both have must be equal, and none be on one side alone. */
function sameResults({ a, b, metrics, trades, trials, equity }: Parts): boolean | null {
  const alike = (a.kind === 'document') === (b.kind === 'document')
  if (a.resultHash !== null && b.resultHash !== null && alike) return a.resultHash === b.resultHash
  const rows = [trades, ...(trials === null ? [] : [trials])].filter(part => part.comparable)
  if (metrics.comparable && metrics.different > 0) return false
  if (rows.some(part => part.changed + part.onlyA + part.onlyB > 0)) return false
  if (equity.comparable && (equity.firstDifference !== null || equity.firstUnmatched !== null)) return false
  return metrics.comparable && metrics.onlyA + metrics.onlyB === 0 ? true : null
}

/** Named differences of what went in and of what computed it. */
function causesOf(parts: Parts): ComparisonExplanation[] {
  const { a, b, inputs, code } = parts
  const causes: ComparisonExplanation[] = []
  const tell = (what: string, text: string) => causes.push({ what, text })
  if (!inputs.datasets.same) tell('data', dataText(inputs))
  if (!inputs.window.same)
    tell('window', `the window is ${windowText(inputs.window.a)} in A, ${windowText(inputs.window.b)} in B`)
  if (a.kind !== b.kind) tell('kind', `A is of kind ${a.kind}, B of kind ${b.kind}`)
  const fields = inputs.config.fields.filter(
    field => !field.same && !TOLD.some(pattern => pattern.test(field.field)) && decides(field, a.kind === b.kind),
  )
  for (const [what, pattern] of FIELD_CAUSES) {
    const found = fields.filter(({ field }) => pattern.test(field))
    if (found.length > 0) tell(what, fieldsText(found))
  }
  const explained = causes.some(({ what }) => ['data', 'window', 'selection'].includes(what))
  // Other data, another window or instrument are other rows: only rows that differ beside them are news.
  if (inputs.snapshotHash.same === false && !explained) tell('data', rowsText(inputs))
  const rest = fields.filter(({ field }) => !FIELD_CAUSES.some(([, pattern]) => pattern.test(field)))
  if (inputs.seed.a !== null && inputs.seed.b !== null && !inputs.seed.same)
    tell('seed', `the seed is ${inputs.seed.a} in A, ${inputs.seed.b} in B`)
  if (rest.length > 0) tell('configuration', fieldsText(rest))
  if (code.engineVersion.same === false)
    tell('engine', `A was computed by engine ${code.engineVersion.a}, B by ${code.engineVersion.b}`)
  if (code.relation === 'different')
    tell('code', `the commit is ${short(code.gitCommit.a)} in A, ${short(code.gitCommit.b)} in B`)
  for (const [name, versions] of [
    ['quantlab', code.quantlabVersion],
    ['Node', code.nodeVersion],
  ] as const)
    if (versions.same === false) tell('versions', `${name} is ${versions.a} in A, ${versions.b} in B`)
  const spelt = inputs.config.fields.filter(field => !field.same)
  if (causes.length === 0 && spelt.length > 0) tell('configuration', fieldsText(spelt))
  if (causes.length === 0 && inputs.same === true)
    tell('none', 'nothing that is recorded explains it; replay both to see which can be repeated')
  return causes
}

/** Fields by what they decide, in the order in which they explain a difference. */
const FIELD_CAUSES: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    'selection',
    /^\/(ticker|symbols|runsets|universe|sources|filters|interval|calendar)(\/|$)|^\/dataSnapshot\/(sources|filters)/,
  ],
  ['strategy', /^\/(strategy|strategies|pipeline|mode)$|^\/strategy\/(strategyId|name)$/],
  [
    'parameters',
    /^\/(strategy_params|param_grid|parameters|params|strategy\/config)(\/|$)|^\/(rsi_buy_max|rsi_sell_min|cooldown_days)$/,
  ],
  ['execution', /^\/(execution|executionModel|initial_cash)(\/|$)/],
  ['costs', /^\/(fee|slippage_bps|slippage_mode|k_atr|costModel)(\/|$)/],
  ['fills', /^\/trades_csv_hash$/],
  ['risk', /^\/(riskModel|max_drawdown|max_loss)(\/|$)/],
]

/** Null says no more than a field that is not there; and kinds differ by the fields they have. */
function decides({ a, b }: ComparedField, alike: boolean): boolean {
  if (a === undefined || b === undefined) return alike && (a ?? null) !== (b ?? null)
  return true
}

/** Fields that data sets, window, seed and hashes have told already, or that follow from what others select. */
const TOLD: readonly RegExp[] = [
  /^\/(data|dataset_id|dataset_content_hash|alerts_dataset_id|alerts_content_hash|start|end|seed)(\/|$)/,
  /^\/universe\/(callers|chains|venues)$/,
  /^\/snapshot_created_at$/,
  // Of an experiment.
  /^\/(inputs|dateRange)(\/|$)/,
  // Of an exported run.
  /^\/dataSnapshot\/(snapshotId|contentHash|timeRange)/,
  /^\/runConfig\/seed$|onfigHash$|^\/gateway\//,
]

function dataText({ datasets }: Parts['inputs']): string {
  return `the data are ${dataList(datasets.a)} in A, ${dataList(datasets.b)} in B`
}

function rowsText({ datasets, snapshotHash }: Parts['inputs']): string {
  return `other rows were read of ${dataList(datasets.a)}: ${short(snapshotHash.a)} in A, ${short(snapshotHash.b)} in B`
}

function dataList(datasets: Parts['inputs']['datasets']['a']): string {
  const named = datasets.map(({ datasetId, contentHash }) =>
    contentHash === null ? datasetId : `${datasetId} (${short(contentHash)})`,
  )
  return named.join(', ') || 'none'
}

function windowText(window: Parts['inputs']['window']['a']): string {
  return window === null ? 'none' : `${window.from} to ${window.to}`
}

const MOST_FIELDS = 5

function fieldsText(fields: Parts['inputs']['config']['fields']): string {
  const shown = fields
    .slice(0, MOST_FIELDS)
    .map(({ field, a, b }) => `${field.slice(1)} is ${valueText(a)} in A, ${valueText(b)} in B`)
  const rest = fields.length - shown.length
  return shown.join('; ') + (rest > 0 ? `; and ${rest} more` : '')
}

function valueText(value: unknown): string {
  if (value === undefined) return 'absent'
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return short(value)
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function short(hash: string | null): string {
  return hash === null ? 'unknown' : hash.slice(0, 8)
}
