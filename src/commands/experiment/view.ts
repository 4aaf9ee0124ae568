/** An experiment as results show it. */

import type { Experiment } from '../../../contracts/types.ts'
import type { ExperimentState } from '../../registry/experiment-facts.ts'
import { experimentSeed } from '../../registry/ids.ts'

/** The stored state with what follows from it: seed and duration (ms). */
export function experimentView(state: ExperimentState): Experiment {
  const { experimentId, definition, definitionHash, status, createdAt, createdBy, startedAt, completedAt } = state
  const { attempts, outputs, error } = state
  const ended =
    startedAt === undefined || completedAt === undefined ? undefined : Date.parse(completedAt) - Date.parse(startedAt)
  return {
    experimentId,
    name: definition.name,
    status,
    mode: definition.mode,
    definitionHash,
    definition,
    seed: definition.seed ?? experimentSeed(definitionHash),
    createdAt,
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
    ...(ended === undefined ? {} : { duration: ended }),
    attempts,
    ...(outputs === undefined ? {} : { outputs }),
    ...(error === undefined ? {} : { error }),
  }
}
