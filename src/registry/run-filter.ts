/** What a listing of runs may ask for, as the same conditions that selections use. */

import { type Condition, datasetCondition, declaredConditions, standing, tagsCondition } from './conditions.ts'

export interface RunFilter {
  datasetId?: string
  strategyFamily?: string
  strategyHash?: string
  engineVersion?: string
  statuses?: readonly string[]
  /** All of them. */
  tags?: readonly string[]
  /** Registered in [from, to), ISO instants. */
  createdFrom?: string
  createdTo?: string
  /** Deleted runs too. */
  deleted?: boolean
}

/** Conditions of a listing; unlike a selection it shows every status unless asked. */
export function listingConditions(filter: RunFilter): Condition[] {
  const { strategyFamily, strategyHash, engineVersion, createdFrom, createdTo } = filter
  const bounds = { from: createdFrom ?? EARLIEST, to: createdTo ?? LATEST, match: 'executed' } as const
  const timed = createdFrom === undefined && createdTo === undefined ? {} : { timeBounds: bounds }
  return [
    ...(filter.datasetId === undefined ? [] : [datasetCondition(filter.datasetId)]),
    ...standing(filter.statuses ?? []).filter(
      ({ code }) => (code === 'tombstoned' && !filter.deleted) || (code === 'status' && filter.statuses !== undefined),
    ),
    ...declaredConditions({ strategy: { strategyFamily, strategyHash, engineVersion }, ...timed }),
    ...(filter.tags === undefined || filter.tags.length === 0 ? [] : [tagsCondition(filter.tags)]),
  ]
}

const EARLIEST = '0001-01-01T00:00:00.000Z'
const LATEST = '9999-12-31T23:59:59.999Z'
