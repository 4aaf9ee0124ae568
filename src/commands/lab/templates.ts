/** The templates of lab reports that come with the program, in the form in which a caller writes one. */

/** A template for `runsets` RunSets, and the values of its parameters that need not be given. */
export interface BuiltInTemplate {
  /** How many RunSets it takes. */
  least: number
  most: number
  defaults: Record<string, string>
  text(runsets: number): string
}

const STATISTICS: [label: string, sql: string][] = [
  ['runs', 'count(v.value)'],
  ['mean', 'avg(v.value)'],
  ['median', 'median(v.value)'],
  ['25 %', 'quantile_cont(v.value, 0.25)'],
  ['75 %', 'quantile_cont(v.value, 0.75)'],
]

/** Each summary metric over the runs of a RunSet that have a value, as one row. */
export const SUMMARY_SQL = `SELECT v.metric, ${STATISTICS.map(([label, sql]) => `${sql} AS "${label}"`).join(', ')}
FROM metric_values v WHERE v.block = 'summary' GROUP BY v.metric ORDER BY v.metric`

const HEADLINE = `max(v.value) FILTER (WHERE v.metric = 'total_return') AS total_return,
  max(v.value) FILTER (WHERE v.metric = 'sharpe_simple') AS sharpe_simple,
  max(v.value) FILTER (WHERE v.metric = 'max_drawdown') AS max_drawdown,
  max(v.value) FILTER (WHERE v.metric = 'trades') AS trades`

function extremes(order: 'ASC' | 'DESC'): string {
  return `SELECT row_number() OVER (ORDER BY "by" ${order}, run_id) AS rank, * EXCLUDE ("by")
FROM (
  SELECT v.run_id, any_value(r.strategy_family) AS strategy, array_to_string(any_value(r.dataset_ids), ', ') AS datasets,
  ${HEADLINE}, max(v.value) FILTER (WHERE v.metric = $metric) AS "by"
  FROM metric_values v LEFT JOIN registry.runs r USING (run_id) WHERE v.block = 'summary' GROUP BY v.run_id
) WHERE "by" IS NOT NULL ORDER BY rank LIMIT 10`
}

const PERFORMANCE = `# Performance summary

\`\`\`sql runs
SELECT count(*) FROM registry.runset_membership
\`\`\`

\`\`\`sql measured
SELECT count(DISTINCT run_id) FROM metric_values WHERE block = 'summary'
\`\`\`

\`\`\`sql metric
SELECT $metric
\`\`\`

{{runs}} runs, {{measured}} of them with metrics.

## Summary metrics

Over the runs that have a value; quartiles are interpolated.

\`\`\`sql statistics
SELECT v.metric, ${STATISTICS.map(([label, sql]) => `${sql} AS "${label}"`).join(', ')}, min(v.value) AS least, max(v.value) AS most
FROM metric_values v WHERE v.block = 'summary' GROUP BY v.metric ORDER BY v.metric
\`\`\`

{{statistics}}

## Best ten by {{metric}}

\`\`\`sql best
${extremes('DESC')}
\`\`\`

{{best}}

## Worst ten by {{metric}}

\`\`\`sql worst
${extremes('ASC')}
\`\`\`

{{worst}}
`

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

function compare(runsets: number): string {
  const sets = Array.from({ length: runsets }, (_, index) => index + 1)
  const side = STATISTICS.flatMap(([label, sql]) =>
    sets.map(number => `${sql} FILTER (WHERE m.runset_no = ${number}) AS "${label} ${LETTERS[number - 1]}"`),
  )
  return `# Comparison of RunSets

\`\`\`sql sets
SELECT substr('${LETTERS}', runset_no, 1) AS "set", reference, runset_id, mode, run_count AS runs FROM registry.runsets ORDER BY runset_no
\`\`\`

{{sets}}

## Members

Runs by the sets that hold them: shared by several, or in one only.

\`\`\`sql members
SELECT held_by, count(*) AS runs FROM (
  SELECT run_id, CASE WHEN count(*) = 1 THEN 'only in ' ELSE 'in ' END ||
    string_agg(substr('${LETTERS}', runset_no, 1), ' and ' ORDER BY runset_no) AS held_by, count(*) AS sets
  FROM registry.runset_membership GROUP BY run_id
) GROUP BY held_by, sets ORDER BY sets DESC, held_by
\`\`\`

{{members}}

## Summary metrics

\`\`\`sql statistics
SELECT v.metric, ${side.join(', ')}
FROM metric_values v JOIN registry.runset_membership m USING (run_id) WHERE v.block = 'summary' GROUP BY v.metric ORDER BY v.metric
\`\`\`

{{statistics}}
`
}

const COVERAGE = `# Coverage

The days of the data windows that the runs declare, by data set. A day counts where a window covers any part of it.

\`\`\`sql spans
WITH declared AS (
  SELECT DISTINCT run_id, unnest(dataset_ids) AS dataset_id, date_trunc('day', window_from) AS first_day,
    date_trunc('day', window_to - INTERVAL 1 MICROSECOND) + INTERVAL 1 DAY AS end_day
  FROM registry.runs WHERE window_from IS NOT NULL AND window_to > window_from
), changes AS (
  SELECT dataset_id, first_day AS day, 1 AS change FROM declared UNION ALL SELECT dataset_id, end_day, -1 FROM declared
), levels AS (
  SELECT dataset_id, day, sum(sum(change)) OVER (PARTITION BY dataset_id ORDER BY day) AS runs,
    lead(day) OVER (PARTITION BY dataset_id ORDER BY day) AS next_day
  FROM changes GROUP BY dataset_id, day
)
SELECT dataset_id, strftime(day, '%Y-%m-%d') AS "from", strftime(next_day, '%Y-%m-%d') AS "to", runs
FROM levels WHERE runs > 0 ORDER BY dataset_id, day
\`\`\`

\`\`\`sql undeclared
SELECT count(*) FROM registry.runs WHERE window_from IS NULL OR window_to IS NULL OR window_to <= window_from
\`\`\`

{{undeclared}} runs declare no window and are not shown.

## Data sets

\`\`\`sql datasets
WITH declared AS (
  SELECT DISTINCT run_id, unnest(dataset_ids) AS dataset_id, date_trunc('day', window_from) AS first_day,
    date_trunc('day', window_to - INTERVAL 1 MICROSECOND) AS last_day
  FROM registry.runs WHERE window_from IS NOT NULL AND window_to > window_from
), days AS (
  SELECT DISTINCT dataset_id, unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS day
  FROM (SELECT DISTINCT dataset_id, first_day, last_day FROM declared)
), counted AS (
  SELECT dataset_id, count(*) AS days FROM days GROUP BY dataset_id
)
SELECT d.dataset_id, count(DISTINCT d.run_id) AS runs, strftime(min(d.first_day), '%Y-%m-%d') AS first_day,
  strftime(max(d.last_day), '%Y-%m-%d') AS last_day, any_value(c.days) AS days_covered,
  date_diff('day', min(d.first_day), max(d.last_day)) + 1 - any_value(c.days) AS days_between_uncovered
FROM declared d JOIN counted c USING (dataset_id) GROUP BY d.dataset_id ORDER BY d.dataset_id
\`\`\`

{{datasets}}

## Calendar

{{spans:calendar}}
`

export const TEMPLATES: Record<string, BuiltInTemplate> = {
  performance_summary: { least: 1, most: 1, defaults: { metric: 'sharpe_simple' }, text: () => PERFORMANCE },
  compare_runsets: { least: 2, most: LETTERS.length, defaults: {}, text: compare },
  coverage: { least: 1, most: 1, defaults: {}, text: () => COVERAGE },
}
