/** `dataset generate`: a dataset made by a seeded random process instead of imported, for demonstrations and tests. */

import type {
  AlertsGenerator,
  BarsGenerator,
  DatasetGenerateRequest,
  DatasetGenerateResult,
  PanelGenerator,
} from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import { validate } from '../../base/schema.ts'
import { registerAlertColumns } from '../../lake/alerts.ts'
import { ALERT_NUMBERS, ALERT_TEXTS } from '../../lake/alerts-source.ts'
import { getDataset } from '../../lake/datasets.ts'
import type { RegisterParams } from '../../lake/draft.ts'
import { type Generator, generatorText, registerGeneratedBars, registerGeneratedPanel } from '../../lake/generated.ts'
import type { Manifest } from '../../lake/manifest.ts'
import { DAY_MS, intervalMs, isoInstant, parseInstant } from '../../market/calendar.ts'
import { type GeneratedAlert, generateAlerts } from '../../market/generate-alerts.ts'
import { generateBars } from '../../market/generate-bars.ts'
import { generatePanel } from '../../market/generate-panel.ts'
import { GENERATOR_VERSION } from '../../market/generate-random.ts'
import { pruned } from '../../registry/selection.ts'
import type { Command, Context } from '../command.ts'
import { stampOf } from '../registry/registration.ts'
import { expectedOf, factWithoutData, registerDatasetOf } from './fact.ts'
import { detailOf, registeredText } from './result.ts'

interface Made {
  status: 'registered' | 'unchanged'
  manifest: Manifest
  warnings: string[]
  plantedRegimes: DatasetGenerateResult['plantedRegimes']
  candlesId: string | null
}

export const datasetGenerate = {
  async run(request, context) {
    const generator = await generatorOf(request)
    const { root } = context
    const expected = expectedOf(await factWithoutData(root, request.id))
    const asked = { ...request, ...expected }
    const { status, manifest, warnings, plantedRegimes, candlesId } = MAKERS[request.kind](asked, generator, context)
    await registerDatasetOf(root, manifest, {}, stampOf(context))
    if (candlesId !== null) await registerDatasetOf(root, getDataset(root, candlesId), {}, stampOf(context))
    const result: DatasetGenerateResult = {
      status,
      ...detailOf(context.root, manifest),
      generator,
      plantedRegimes,
      candlesId,
    }
    return {
      answer: { result },
      warnings,
      text: () => (status === 'unchanged' ? `Dataset unchanged: ${manifest.dataset_id}` : registeredText(manifest)),
    }
  },
} satisfies Command<DatasetGenerateRequest>

/** A request, and what the data must be where the id is known from elsewhere. */
type Asked = DatasetGenerateRequest & { expected_content?: string }

type Maker = (request: Asked, generator: Generator, context: Context) => Made

/** One maker a kind; its parameters were checked against the kind's own schema. */
const MAKERS: Record<DatasetGenerateRequest['kind'], Maker> = {
  bars(request, generator, context) {
    const given = generator.parameters as unknown as BarsGenerator
    if (given.calendar === 'exchange' && intervalMs(given.interval) !== DAY_MS) {
      throw refused('calendar', 'exchange goes with interval 1d only')
    }
    const { bars, regimes } = generateBars(generator.seed, { ...given, start: startOf(given.start) })
    const registered = registerGeneratedBars(context.root, paramsOf(request, generator), bars, {
      now: context.clock.now(),
    })
    return { ...registered, warnings: [], plantedRegimes: changesOf(regimes, i => bars[0].ts[i]), candlesId: null }
  },

  panel(request, generator, context) {
    const given = generator.parameters as unknown as PanelGenerator
    const start = startOf(given.start)
    const panel = generatePanel(generator.seed, { ...given, start })
    const registered = registerGeneratedPanel(context.root, paramsOf(request, generator), panel, {
      now: context.clock.now(),
    })
    return { ...registered, plantedRegimes: changesOf(panel.regimes, i => start + i * DAY_MS), candlesId: null }
  },

  /** The bars first: where the alerts are there, so are theirs. */
  alerts(request, generator, context) {
    const given = generator.parameters as unknown as AlertsGenerator
    const { alerts, candles } = generateAlerts(generator.seed, { ...given, start: startOf(given.start) })
    const candlesId = `${request.id}-candles`
    const params = paramsOf(request, generator)
    const { expected_content: _, ...ofCandles } = { ...params, id: candlesId }
    const options = { now: context.clock.now() }
    registerGeneratedBars(context.root, ofCandles, candles, options)
    const registered = registerAlertColumns(context.root, params, columnsOf(alerts), options)
    return { ...registered, plantedRegimes: [], candlesId }
  },
}

async function generatorOf({ kind, seed, parameters }: DatasetGenerateRequest): Promise<Generator> {
  const complete: Record<string, unknown> = structuredClone(parameters ?? {})
  const details = await validate(`generators/${kind}`, complete, '/params/parameters')
  if (details.length > 0) {
    const message = `Invalid parameters for generated ${kind}: ${details[0].pointer} ${details[0].message}`
    throw fail('INVALID_CONFIG', { message }, { details, hint: `quantlab --schema generators/${kind} prints them.` })
  }
  return { name: kind, version: GENERATOR_VERSION, seed, parameters: complete }
}

/** The same generator is the same extraction, whenever it runs. */
function paramsOf({ id, family, expected_content }: Asked, generator: Generator): RegisterParams {
  return pruned({ id, source: generatorText(generator), family, expected_content })
}

function startOf(text: string): number {
  const ms = parseInstant(text)
  if (ms === null) throw refused('start', `'${text}' is no date of the calendar`)
  return ms
}

function refused(name: string, message: string): Error {
  const details = [{ pointer: `/params/parameters/${name}`, message }]
  return fail('INVALID_CONFIG', { message: `${name}: ${message}` }, { details })
}

/** Where a regime begins, from one for each bar or day. */
function changesOf(regimes: readonly string[], timeOf: (i: number) => number): Made['plantedRegimes'] {
  return regimes.flatMap((regime, i) =>
    i > 0 && regime === regimes[i - 1] ? [] : [{ from: isoInstant(timeOf(i)), regime }],
  )
}

function columnsOf(alerts: readonly GeneratedAlert[]) {
  return {
    ts: Float64Array.from(alerts, alert => alert.ts),
    texts: Object.fromEntries(ALERT_TEXTS.map(name => [name, alerts.map(alert => alert[name])])),
    numbers: Object.fromEntries(ALERT_NUMBERS.map(name => [name, Float64Array.from(alerts, alert => alert[name])])),
    lines: null,
  }
}
