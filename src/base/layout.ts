/** The disk map: every path under `outputs/` and `lake/`, one function each. */

import { join } from 'node:path'

export const layout = {
  outputs: (root: string) => join(root, 'outputs'),
  /** Half-written runs of living owners; removed when the owner is dead. */
  staging: (root: string) => join(root, 'outputs', '.staging'),
  runs: (root: string) => join(root, 'outputs', 'runs'),
  run: (root: string, runId: string) => join(root, 'outputs', 'runs', runId),
  paperSessions: (root: string) => join(root, 'outputs', 'paper_sessions'),
  paperSession: (root: string, sessionId: string) => join(root, 'outputs', 'paper_sessions', sessionId),
  forwardRuns: (root: string) => join(root, 'outputs', 'forward_runs'),
  forwardRun: (root: string, sessionId: string) => join(root, 'outputs', 'forward_runs', sessionId),
  /** Each attempt of an experiment has a directory of its own. */
  experiments: (root: string) => join(root, 'outputs', 'experiments'),
  experimentAttempt: (root: string, id: string, attempt: number) =>
    join(root, 'outputs', 'experiments', id, `attempt-${attempt}`),
  modelRuns: (root: string) => join(root, 'outputs', 'model_runs'),
  modelRun: (root: string, runId: string) => join(root, 'outputs', 'model_runs', runId),
  /** One document a run, made on request from its directory, and the list of them. */
  exportedArtifacts: (root: string) => join(root, 'outputs', 'artifacts'),
  exportedArtifact: (root: string, runId: string) => join(root, 'outputs', 'artifacts', `${runId}.json`),
  failures: (root: string) => join(root, 'outputs', 'failures'),
  idempotency: (root: string) => join(root, 'outputs', 'idempotency'),
  lake: (root: string) => join(root, 'lake'),
  lakeStaging: (root: string) => join(root, 'lake', '.staging'),
  datasets: (root: string) => join(root, 'lake', 'datasets'),
  datasetKind: (root: string, kind: string) => join(root, 'lake', 'datasets', kind),
  dataset: (root: string, kind: string, id: string) => join(root, 'lake', 'datasets', kind, id),
  registry: (root: string) => join(root, 'lake', 'registry'),
  registryCache: (root: string) => join(root, 'lake', 'cache', 'registry.duckdb'),
} as const
