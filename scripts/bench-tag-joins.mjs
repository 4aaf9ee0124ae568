// The same question asked of SQLite with tables shaped as MLflow's: runs, tags and params, one join for each tag or parameter.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Node 20 has no SQLite of its own: a newer Node of the npm registry runs this part. */
const NEWER = 24

/**
 * Print how long the joins take over `runs` runs, beside the resolve that answers the same: `session` and `whole` are its ms in a
 * session and as a process.
 */
export function tagJoins({ runs, session, whole }) {
  const node = nodeWithSqlite()
  if (node === null) {
    console.log(`  no Node with SQLite, and Node ${NEWER} cannot be had: nothing to compare with`)
    return
  }
  const file = fileURLToPath(import.meta.url)
  const argv = [...node.slice(1), '--disable-warning=ExperimentalWarning', file, String(runs)]
  const { version, sqlite, rows, ms } = JSON.parse(execFileSync(node[0], argv, { encoding: 'utf8' }))
  const told = `${ms.toFixed(1)} ms for ${rows} runs`
  console.log(
    `  SQLite ${sqlite} under Node ${version}, two tag joins and a parameter join: ${told}, best of 5, without artifacts`,
  )
  console.log(
    `    a resolve with artifacts and hashes, right after a registration: ${(session / ms).toFixed(2)} × that in a session, ${(whole / ms).toFixed(2)} × as a whole process`,
  )
}

function nodeWithSqlite() {
  const newer = ['npx', '--yes', '--quiet', '-p', `node@${NEWER}`, 'node']
  for (const node of [[process.execPath], newer]) {
    try {
      execFileSync(node[0], [...node.slice(1), '-e', "require('node:sqlite')"], { stdio: 'ignore' })
      return node
    } catch {
      // This Node has none, or the registry cannot be reached.
    }
  }
  return null
}

async function measure(runs) {
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(':memory:')
  // Names and keys as in MLflow's schema: each tag and parameter is a row, its key is (key, run_uuid).
  database.exec(`
    CREATE TABLE runs (run_uuid TEXT PRIMARY KEY, status TEXT, lifecycle_stage TEXT, start_time INTEGER, end_time INTEGER);
    CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT, PRIMARY KEY (key, run_uuid));
    CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT, PRIMARY KEY (key, run_uuid));
    BEGIN`)
  const insert = {
    run: database.prepare("INSERT INTO runs VALUES (?, 'FINISHED', 'active', ?, ?)"),
    tag: database.prepare('INSERT INTO tags VALUES (?, ?, ?)'),
    param: database.prepare('INSERT INTO params VALUES (?, ?, ?)'),
  }
  for (let n = 0; n < runs; n++) {
    const id = `run-${String(n).padStart(8, '0')}`
    insert.run.run(id, n, n + 1)
    insert.tag.run('dataset', `data_${n % 10}`, id)
    insert.tag.run('caller', `caller_${n % 97}`, id)
    insert.param.run('strategy', `family_${n % 20}`, id)
  }
  database.exec(
    'COMMIT; CREATE INDEX tags_of_run ON tags (run_uuid); CREATE INDEX params_of_run ON params (run_uuid); ANALYZE',
  )
  const query = database.prepare(`
    SELECT runs.run_uuid FROM runs
    JOIN (SELECT run_uuid FROM tags WHERE key = 'dataset' AND value = 'data_0') AS a ON runs.run_uuid = a.run_uuid
    JOIN (SELECT run_uuid FROM tags WHERE key = 'caller' AND value = 'caller_7') AS b ON runs.run_uuid = b.run_uuid
    JOIN (SELECT run_uuid FROM params WHERE key = 'strategy' AND value LIKE 'family_%') AS c ON runs.run_uuid = c.run_uuid
    WHERE runs.lifecycle_stage = 'active' AND runs.status = 'FINISHED' ORDER BY runs.start_time DESC, runs.run_uuid`)
  let [best, rows] = [Number.POSITIVE_INFINITY, 0]
  for (let round = 0; round < 5; round++) {
    const begun = process.hrtime.bigint()
    rows = query.all().length
    best = Math.min(best, Number(process.hrtime.bigint() - begun) / 1e6)
  }
  const sqlite = database.prepare('SELECT sqlite_version() AS version').get().version
  console.log(JSON.stringify({ version: process.version, sqlite, rows, ms: best }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await measure(Number(process.argv[2]))
