/** `model list` and `model get`. */

import { basename } from 'node:path'
import type {
  ModelGetRequest,
  ModelGetResult,
  ModelListRequest,
  ModelListResult,
  ModelRow,
} from '../../../contracts/types.ts'
import { readModelHead, readModelRun } from '../../artifacts/model-run.ts'
import { GatewayError } from '../../base/errors.ts'
import { layout } from '../../base/layout.ts'
import type { Command } from '../command.ts'
import { modelFolder, modelNames } from './folder.ts'
import { modelTable, modelText } from './text.ts'

export const modelCommands = {
  list: {
    async run({ limit, offset }, { root }) {
      const names = modelNames(root)
      const warnings: string[] = []
      const models: ModelRow[] = []
      for (const name of names.slice(offset, offset + limit)) {
        try {
          models.push(await rowOf(layout.modelRun(root, name)))
        } catch (error) {
          if (!(error instanceof GatewayError) || error.class !== 'INTEGRITY_ERROR') throw error
          warnings.push(`Left out: ${error.message}`)
        }
      }
      const result: ModelListResult = { total: names.length, models }
      return { answer: { result }, warnings, table: () => modelTable(models) }
    },
  } satisfies Command<ModelListRequest>,

  get: {
    async run({ id }, context) {
      const path = modelFolder(id, context)
      const { config: _, ...documents } = await readModelRun(path)
      const result: ModelGetResult = { model_run_id: basename(path), path, ...documents }
      return { answer: { result }, text: () => modelText(documents, path) }
    },
  } satisfies Command<ModelGetRequest>,
}

async function rowOf(path: string): Promise<ModelRow> {
  const { dataset_manifest: data, model_config: config, training_summary: summary } = await readModelHead(path)
  return {
    model_run_id: summary.model_run_id,
    created_at: data.created_at,
    model_family: config.model_family,
    model_name: config.model_name,
    ticker: data.universe[0],
    dataset_id: data.dataset_id,
    target: data.target.name,
    horizon: data.target.horizon,
    skill: summary.metrics.test.skill,
    research_verdict: summary.promotion_assessment.research_verdict,
    downstream_run_id: summary.metrics.downstream_market.run_id ?? '',
    path,
  }
}
