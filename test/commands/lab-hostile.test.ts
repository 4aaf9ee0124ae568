/** Hostile SQL in the sandbox of the lab: it can write nothing, read nothing but its own database, and neither hang nor grow. */

import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { openDatabase, type SelectAnswer } from '../../src/base/duckdb.ts'
import { sandboxed } from '../../src/base/sql-sandbox.ts'

const MB = 1024 * 1024
const SECRET = 'no-query-may-see-this'
let folder: string
let path: string
let before: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quantlab-hostile-'))
  path = join(folder, 'inside', 'lab.duckdb')
  mkdirSync(join(folder, 'inside'))
  writeFileSync(join(folder, 'secret.csv'), `a\n${SECRET}\n`)
  writeFileSync(join(folder, 'inside', 'secret.json'), `{"a":"${SECRET}"}`)
  symlinkSync('/etc', join(folder, 'inside', 'link'))
  const database = await openDatabase(path)
  await database.run('CREATE TABLE trades AS SELECT i AS run_id, i * 1.5 AS pnl FROM range(1000) t(i)')
  const other = join(folder, 'other.duckdb').replaceAll("'", "''")
  await database.run(`ATTACH '${other}' AS other`)
  await database.run(`CREATE TABLE other.secrets AS SELECT '${SECRET}' AS a`)
  database.close()
  before = stateOf(folder)
})

/** Every file below a folder with its content. */
function stateOf(dir: string): string {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter(name => !name.startsWith(join('inside', 'link', '')))
    .sort()
    .map(name => [name, statSync(join(dir, name)).isFile() ? digest(join(dir, name)) : ''].join(' '))
    .join('\n')
}

const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

function run(sql: string, { memory = 256 * MB, rows = 100, bytes = MB, seconds = 20, values = {} } = {}) {
  const task = { path, queries: [{ name: 'query', sql, values }], memory, rows, bytes }
  return sandboxed(task, seconds, new AbortController().signal)
}

const REFUSED: [what: string, sql: string][] = [
  ['COPY out', `COPY trades TO '{dir}/out.csv'`],
  ['COPY over the database', `COPY trades TO '{dir}/inside/lab.duckdb' (FORMAT parquet, USE_TMP_FILE false)`],
  ['COPY of a query', `COPY (SELECT * FROM trades) TO '{dir}/inside/out.parquet'`],
  ['COPY in', `COPY trades FROM '{dir}/secret.csv'`],
  ['COPY to standard output', `COPY trades TO '/dev/stdout'`],
  ['COPY FROM DATABASE', 'COPY FROM DATABASE lab TO memory'],
  ['ATTACH', `ATTACH '{dir}/other.duckdb' AS other`],
  ['ATTACH of a new file', `ATTACH '{dir}/new.duckdb'`],
  ['ATTACH in memory', `ATTACH ':memory:' AS m`],
  ['DETACH', 'DETACH lab'],
  ['USE', 'USE system'],
  ['INSTALL', 'INSTALL httpfs'],
  ['INSTALL from a community', 'INSTALL shellfs FROM community'],
  ['LOAD', `LOAD '{dir}/evil.duckdb_extension'`],
  ['read_csv', `SELECT * FROM read_csv('/etc/passwd', header = false)`],
  ['read_csv of a link', `SELECT * FROM read_csv('{dir}/inside/link/passwd', header = false)`],
  ['read_text', `SELECT content FROM read_text('/etc/hostname')`],
  ['read_blob', `SELECT content FROM read_blob('{dir}/secret.csv')`],
  ['read_json', `SELECT * FROM read_json('{dir}/inside/secret.json')`],
  ['read_parquet', `SELECT * FROM read_parquet('{dir}/*.parquet')`],
  ['parquet_metadata', `SELECT * FROM parquet_metadata('{dir}/x.parquet')`],
  ['sniff_csv', `SELECT * FROM sniff_csv('{dir}/secret.csv')`],
  ['a file as a table', `SELECT * FROM '{dir}/secret.csv'`],
  ['a file in a subquery', `SELECT (SELECT count(*) FROM '{dir}/secret.csv') FROM trades`],
  ['glob', `SELECT * FROM glob('/etc/*')`],
  ['http', `SELECT * FROM 'https://example.com/x.csv'`],
  ['query() of a file', `SELECT * FROM query('SELECT * FROM ''{dir}/secret.csv''')`],
  [
    'serialized SQL',
    `SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''/etc/hostname'')'))`,
  ],
  ['SET', 'SET enable_external_access = true'],
  ['SET of memory', `SET memory_limit = '100GB'`],
  ['SET VARIABLE', 'SET VARIABLE x = 1'],
  ['RESET', 'RESET memory_limit'],
  ['PRAGMA', `PRAGMA memory_limit = '100GB'`],
  ['PRAGMA of profiling', `PRAGMA profiling_output = '{dir}/profile.json'`],
  ['EXPORT', `EXPORT DATABASE '{dir}/export'`],
  ['IMPORT', `IMPORT DATABASE '{dir}/export'`],
  ['UPDATE', 'UPDATE trades SET pnl = 0'],
  ['DELETE', 'DELETE FROM trades'],
  ['INSERT', 'INSERT INTO trades VALUES (1, 1)'],
  ['CREATE TABLE', 'CREATE TABLE t AS SELECT 1'],
  ['CREATE TEMP TABLE', 'CREATE TEMP TABLE t AS SELECT 1'],
  ['CREATE MACRO', `CREATE TEMP MACRO f() AS TABLE SELECT * FROM read_text('/etc/hostname')`],
  ['CREATE SECRET', `CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')`],
  ['DROP', 'DROP TABLE trades'],
  ['ALTER', 'ALTER TABLE trades ADD COLUMN x INTEGER'],
  ['TRUNCATE', 'TRUNCATE trades'],
  ['CHECKPOINT', 'FORCE CHECKPOINT'],
  ['VACUUM', 'VACUUM'],
  ['CALL', `CALL enable_logging(storage = 'file', storage_path = '{dir}/log')`],
  ['CALL of a pragma', 'CALL pragma_version()'],
  ['a transaction', 'BEGIN TRANSACTION'],
  ['PREPARE', 'PREPARE p AS SELECT 1'],
  ['EXPLAIN ANALYZE of COPY', `EXPLAIN ANALYZE COPY trades TO '{dir}/out.csv'`],
  ['two statements', `SELECT 1; COPY trades TO '{dir}/out.csv'`],
  ['a statement behind a comment', `SELECT 1 /* ; */; -- x\nATTACH '{dir}/new.duckdb'`],
  ['nothing', '  -- nothing'],
  ['no SQL', 'SELEKT 1'],
  ['a table of the program', 'SELECT * FROM lab.registry.nothing'],
  ['a parameter without a value', 'SELECT $missing'],
  ['a file named by a parameter', 'SELECT * FROM read_text($file)'],
  ['an environment variable', `SELECT getenv('HOME')`],
  ['a file by query_table', `SELECT * FROM query_table('{dir}/secret.csv')`],
  ['files by query_table', `SELECT * FROM query_table(['{dir}/secret.csv', 'trades'])`],
  ['two statements in query()', `SELECT * FROM query('SELECT 1; SELECT 2')`],
  ['COPY in query()', `SELECT * FROM query('COPY trades TO ''{dir}/out.csv''')`],
  ['COPY in a CTE', `WITH t AS (COPY trades TO '{dir}/out.csv') SELECT * FROM t`],
  ['INSERT in a CTE', 'WITH t AS (INSERT INTO trades VALUES (1, 1) RETURNING *) SELECT * FROM t'],
  ['DELETE in a subquery', 'SELECT * FROM (DELETE FROM trades RETURNING *)'],
  ['SELECT INTO', 'SELECT 1 INTO t'],
  ['MERGE', 'MERGE INTO trades USING trades t ON true WHEN MATCHED THEN DELETE'],
  ['a sequence', `SELECT nextval('s')`],
  ['CREATE SEQUENCE', 'CREATE SEQUENCE s'],
  ['CREATE VIEW', `CREATE VIEW v AS SELECT * FROM '{dir}/secret.csv'`],
  ['CREATE INDEX', 'CREATE INDEX i ON trades (run_id)'],
  ['COMMENT', `COMMENT ON TABLE trades IS 'x'`],
  ['ANALYZE', 'ANALYZE trades'],
  ['SUMMARIZE of a file', `SUMMARIZE '{dir}/secret.csv'`],
  ['DESCRIBE of a file', `DESCRIBE SELECT * FROM '{dir}/secret.csv'`],
  ['a file after FROM alone', `FROM '{dir}/secret.csv'`],
  ['a list of files', `SELECT * FROM read_text(['/etc/hostname', '/etc/hosts'])`],
  ['the environment as a file', `SELECT * FROM read_csv_auto('/proc/self/environ')`],
  ['every file there is', `SELECT * FROM glob('**')`],
  ['another database', `SELECT * FROM read_duckdb('{dir}/other.duckdb')`],
  ['read_json_objects', `SELECT * FROM read_json_objects('{dir}/inside/secret.json')`],
  ['parquet_kv_metadata', `SELECT * FROM parquet_kv_metadata('{dir}/secret.csv')`],
  ['parquet_bloom_probe', `SELECT * FROM parquet_bloom_probe('{dir}/secret.csv', 'a', 1)`],
  ['a scanner of SQLite', `SELECT * FROM sqlite_scan('{dir}/secret.csv', 't')`],
  ['a scanner of PostgreSQL', `SELECT * FROM postgres_scan('host=localhost', 'public', 't')`],
  ['a workbook', `SELECT * FROM read_xlsx('{dir}/secret.csv')`],
  ['extensions on disk', 'SELECT * FROM duckdb_extensions()'],
  ['S3', `SELECT * FROM 's3://bucket/x.parquet'`],
  ['a hub', `SELECT * FROM 'hf://datasets/a/b.csv'`],
  ['SET of the lock', 'SET lock_configuration = false'],
  ['SET of threads', 'SET GLOBAL threads = 64'],
  ['PRAGMA of an import', `PRAGMA import_database('{dir}/export')`],
  ['PRAGMA of a checkpoint', 'PRAGMA force_checkpoint'],
  ['PRAGMA of profiling to a file', `PRAGMA profile_output = '{dir}/profile.json'`],
  ['UPDATE EXTENSIONS', 'UPDATE EXTENSIONS'],
  ['EXPLAIN', 'EXPLAIN SELECT 1'],
  ['a semicolon of full width', `SELECT 1\uff1bDROP TABLE trades`],
  ['letters of full width', `\uff33\uff25\uff2c\uff25\uff23\uff34 1`],
  ['a statement behind a zero-width space', `SELECT 1\u200b; DROP TABLE trades`],
  ['a statement behind nested comments', `SELECT 1 /*/**/*/; ATTACH '{dir}/new.duckdb'`],
  ['a statement behind a dollar-quoted text', `SELECT $a$;$a$; COPY trades TO '{dir}/out.csv'`],
  ['a NUL, behind which nothing is read', `SELECT 1\0; DROP TABLE trades`],
  ['a hundred thousand signs', `SELECT ${'- '.repeat(100_000)}1`],
  ['CASE in CASE', `SELECT ${'CASE WHEN 1 = 1 THEN '.repeat(3000)}1${' END'.repeat(3000)}`],
  ['subqueries in subqueries', `${'SELECT * FROM ('.repeat(3000)}SELECT 1${')'.repeat(3000)}`],
  ['nesting', `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
]

it.each(REFUSED)('RS-08: refuses %s', async (_, sql) => {
  const text = sql.replaceAll('{dir}', folder.replaceAll("'", "''"))
  const values = sql.includes('$file') ? { file: '/etc/hostname' } : {}
  const error = await run(text, { values }).then(
    answers => new Error(`answered ${JSON.stringify(answers)}`),
    (error: Error) => error,
  )
  expect(error).toMatchObject({ code: 'INVALID_CONFIG' })
  expect(error.message).toMatch(/^The SQL (is refused: |failed: (Permission|Parser|Catalog|Invalid Input) Error)/)
  expect(error.message).not.toContain(SECRET)
  expect(stateOf(folder)).toBe(before)
  expect(existsSync('/dev/stdout.csv')).toBe(false)
})

const ENDLESS: [what: string, sql: string][] = [
  [
    'recursion that doubles',
    'WITH RECURSIVE r(i) AS (SELECT 1::HUGEINT UNION ALL SELECT i + 1 FROM r WHERE i < 1e30) SELECT max(i) FROM r',
  ],
  ['sleep', 'SELECT count(*) FROM range(1000) t(i) WHERE pg_sleep(1 + i % 2) IS NULL'],
  ['endless recursion', 'WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r'],
  ['a product of ranges', 'SELECT count(*) FROM range(3000000) a(i), range(3000000) b(j) WHERE (i * j) % 7 = 1'],
  ['a long sum', 'SELECT sum(sqrt(i)) FROM range(100000000000) t(i)'],
]

it.each(ENDLESS)('ends %s when its time is over', async (_, sql) => {
  await expect(run(sql, { seconds: 1.5 })).rejects.toMatchObject({
    code: 'INVALID_CONFIG',
    message: 'The SQL took more than 1.5 seconds',
  })
})

it('RS-08: the list is long enough to mean something', () => {
  expect(REFUSED.length).toBeGreaterThan(100)
})

// A SELECT can call them, but nothing comes of it: no file, no setting that another request would meet.
const VAIN: [what: string, sql: string][] = [
  ['a checkpoint', 'SELECT * FROM force_checkpoint()'],
  ['a log in a file', `SELECT * FROM enable_logging(level = 'trace', storage = 'file', storage_path = '{dir}/log')`],
  ['a profile in a file', `SELECT * FROM enable_profiling(format = 'json', save_location = '{dir}/profile.json')`],
  ['secrets', 'SELECT * FROM duckdb_secrets()'],
  ['settings of variables', `SELECT getvariable('x')`],
]

it.each(VAIN)('RS-08: %s leads to nothing, for the next SQL of the same process neither', async (_, sql) => {
  const text = sql.replaceAll('{dir}', folder.replaceAll("'", "''"))
  const queries = [text, `SELECT count(write_log('x')) FROM range(100000)`].map((sql, n) => ({ name: `q${n}`, sql }))
  const task = { path, queries, memory: 256 * MB, rows: 10, bytes: MB }
  await sandboxed(task, 20, new AbortController().signal).catch(error => {
    expect(error).toMatchObject({ code: 'INVALID_CONFIG', message: expect.stringMatching(/Permission Error/) })
  })
  expect(stateOf(folder)).toBe(before)
})

it('RS-09: SQL that would change the scratch tables is refused, and the same query answers the same after it', async () => {
  const sql = 'SELECT count(*), sum(pnl) FROM trades'
  const [first] = await run(sql)
  for (const change of [
    'UPDATE trades SET pnl = 0',
    'DELETE FROM trades',
    'DROP TABLE trades',
    'INSERT INTO trades SELECT * FROM trades',
  ])
    await expect(run(change)).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
  expect(await run(sql)).toEqual([first])
  expect(first.rows).toEqual([[1000, 749_250]])
})

const LARGE: [what: string, sql: string][] = [
  ['a hundred thousand columns', `SELECT ${'1, '.repeat(200_000)}1`],
  ['twenty thousand unions', `SELECT 1 ${'UNION ALL SELECT 1 '.repeat(20_000)}`],
  ['a product that keeps every row', 'SELECT list(a.i) FROM range(100000) a(i), range(100000) b(j) GROUP BY b.j'],
  ['a sort that needs more', 'SELECT i FROM range(200000000) t(i) ORDER BY hash(i)'],
  ['a list of everything', 'SELECT length(list(i)) FROM range(500000000) t(i)'],
  ['one long text', `SELECT length(repeat('x', 4000000000))`],
  [
    'a text that doubles',
    `WITH RECURSIVE r(n, t) AS (SELECT 1, 'x' UNION ALL SELECT n + 1, t || t FROM r WHERE n < 40) SELECT max(length(t)) FROM r`,
  ],
  ['groups without end', 'SELECT count(*) FROM (SELECT i, list(i) FROM range(400000000) t(i) GROUP BY i)'],
]

it.each(LARGE)('does not give memory to %s', async (_, sql) => {
  await expect(run(sql, { memory: 64 * MB, seconds: 40 })).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
  expect(stateOf(folder)).toBe(before)
})

it('cuts a huge result at the row limit without computing the rest', async () => {
  const [answer] = (await run('SELECT i FROM range(100000000000) t(i)', { rows: 7 })) as [SelectAnswer]
  expect(answer.rows).toEqual([[0], [1], [2], [3], [4], [5], [6]])
  expect(answer.truncated).toBe('rows')
})

it('cuts wide rows at the limit of bytes', async () => {
  const [answer] = (await run(`SELECT repeat('x', 1000) FROM range(100000)`, { rows: 1e6, bytes: 10_500 })) as [
    SelectAnswer,
  ]
  expect(answer.truncated).toBe('bytes')
  expect(answer.rows).toHaveLength(10)
})

it('answers what is allowed, each type as JSON', async () => {
  const sql = `SELECT count(*) AS n, sum(pnl) AS pnl, $name AS name, TIMESTAMP '2024-02-29 12:00:00.5' AS at, DATE '2024-02-29' AS day,
    9007199254740993 AS large, 'NaN'::DOUBLE AS nan, [1, NULL] AS list, {'constructor': 1} AS struct, 1.25::DECIMAL(9, 2) AS exact,
    TIMESTAMP '2024-02-29 12:00:00.000001' AS micro, INTERVAL 1 DAY AS span FROM lab.main.trades`
  const [{ columns, rows }] = (await run(sql, { values: { name: "O'Neil" } })) as [SelectAnswer]
  expect(columns.map(({ name }) => name)).toEqual('n pnl name at day large nan list struct exact micro span'.split(' '))
  expect(JSON.stringify(rows)).toBe(
    `[[1000,749250,"O'Neil","2024-02-29T12:00:00.500Z","2024-02-29","9007199254740993",null,[1,null],{"constructor":1},1.25,"2024-02-29T12:00:00.000001Z","1 day"]]`,
  )
})

it('ends at once when the caller aborts', async () => {
  const abort = new AbortController()
  const task = { path, queries: [{ name: 'q', sql: ENDLESS[2][1] }], memory: 64 * MB, rows: 1, bytes: MB }
  const running = sandboxed(task, 60, abort.signal)
  setTimeout(() => abort.abort(), 300)
  await expect(running).rejects.toMatchObject({ code: 'ABORTED' })
})
