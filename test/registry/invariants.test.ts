/** Invariants of the specification over random lives of a registry, each by its number. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, sha256Hex } from '../../src/base/canonical.ts'
import { GatewayError } from '../../src/base/errors.ts'
import { layout } from '../../src/base/layout.ts'
import { readParquet } from '../../src/base/parquet.ts'
import { exportRunSet } from '../../src/registry/bundle.ts'
import { closeCache } from '../../src/registry/cache.ts'
import { checkRegistry } from '../../src/registry/check.ts'
import { compactTable } from '../../src/registry/compact.ts'
import { createRunSet } from '../../src/registry/create-runset.ts'
import { applyGc, planGc, whyKept } from '../../src/registry/gc.ts'
import { specHash } from '../../src/registry/ids.ts'
import { importBundle } from '../../src/registry/import-bundle.ts'
import { verifyRunSet } from '../../src/registry/inspect.ts'
import { lineageOf } from '../../src/registry/lineage.ts'
import { openCatalog } from '../../src/registry/open-catalog.ts'
import { rebuildCache } from '../../src/registry/rebuild.ts'
import { type RunInput, registerRun } from '../../src/registry/register.ts'
import { logOf } from '../../src/registry/resolutions.ts'
import { freezeRunSet, resolveRunSet, unfreezeRunSet } from '../../src/registry/resolve.ts'
import { addRunEvents, registerArtifacts } from '../../src/registry/run-events.ts'
import { getRun, listRuns } from '../../src/registry/runs.ts'
import { findRunSet } from '../../src/registry/runset-state.ts'
import { deleteRunSet, getRunSet, listRunSets, runsetHistory, setAlias } from '../../src/registry/runsets.ts'
import { normaliseSelection } from '../../src/registry/selection.ts'
import { specInput } from '../../src/registry/spec-input.ts'
import { runsetStatus } from '../../src/registry/status.ts'
import type { RunSetInput, SelectionInput, Stamp } from '../../src/registry/types.ts'
import { events, pick, runs } from './arbitraries.ts'
import { freshRoot, registerGuideDataset, ticking } from './fixtures.ts'

// ── random lives ───────────────────────────────────────────────────────────────────────────────────────────────────

const RUNSETS: RunSetInput[] = [
  { runsetId: 'a', datasetId: 'd1', timeBounds: { from: '2025-10-01', to: '2026-12-31' } },
  { runsetId: 'b', runTags: ['t'] },
  {
    runsetId: 'c',
    datasetId: 'd2',
    timeBounds: { from: '2024-01-01', to: '2026-12-31', match: 'overlap' },
    statuses: ['failed', 'completed'],
  },
]

const VERBS = {
  register: 4,
  event: 3,
  artifact: 2,
  create: 5,
  resolve: 6,
  force: 3,
  freeze: 4,
  unfreeze: 2,
  delete: 1,
  alias: 1,
  rebuild: 1,
  compact: 1,
  forget: 1,
  status: 1,
} as const

type Verb = keyof typeof VERBS
interface Step {
  verb: Verb
  which: number
  event: readonly [number, Parameters<typeof addRunEvents>[2][number]]
}

const step = fc.record({
  verb: fc.oneof(...Object.entries(VERBS).map(([verb, weight]) => ({ weight, arbitrary: fc.constant(verb as Verb) }))),
  which: fc.nat(30),
  event: events.filter(list => list.length > 0).map(([first]) => first),
}) as fc.Arbitrary<Step>
const steps = fc.array(step, { minLength: 12, maxLength: 22 })
const life = fc.tuple(runs, steps)

/** A registry in which a life goes on: artifacts lie on disk, so that a freeze may verify them. */
class World {
  readonly root = freshRoot()
  readonly tick = ticking()
  readonly registered: string[] = []
  readonly #waiting: RunInput[]

  constructor(waiting: readonly RunInput[]) {
    this.#waiting = [...waiting]
  }

  async begin(): Promise<this> {
    for (const id of ['d1', 'd2']) await registerGuideDataset(this.root, this.tick(), id)
    return this
  }

  /** Do one step; the code of a refusal, or what it answered. */
  async take({ verb, which, event }: Step): Promise<unknown> {
    try {
      return await this.#verbs(which, event)[verb]()
    } catch (error) {
      if (error instanceof GatewayError && ['CONFLICT', 'NOT_FOUND'].includes(error.class)) return error.code
      throw error
    }
  }

  #verbs(which: number, [index, event]: Step['event']): Record<Verb, () => Promise<unknown>> {
    const { root, tick } = this
    const runset = RUNSETS[which % RUNSETS.length]
    const id = runset.runsetId
    const runId = this.registered[index % Math.max(1, this.registered.length)] ?? 'none'
    return {
      register: async () => {
        const run = this.#waiting.shift()
        if (run === undefined) return
        await registerRun(root, { ...run, artifacts: artifactsOn(root, run) }, tick())
        this.registered.push(run.runId as string)
      },
      event: () => addRunEvents(root, runId, [event], tick()),
      artifact: () => {
        const [artifact] = artifactsOn(root, {
          runId: `${runId}-late-${which}`,
          artifacts: [{ kind: 'late', uri: '', contentHash: '' }],
        } as never)
        return registerArtifacts(root, { runId }, [{ ...artifact, role: 'derived' }], tick())
      },
      create: () => createRunSet(root, runset, tick()),
      resolve: () => resolveRunSet(root, id, tick()),
      force: () => resolveRunSet(root, id, tick(), { force: true }),
      freeze: () =>
        freezeRunSet(root, id, tick(), { allowEmpty: true, repin: which % 3 === 0, fresh: which % 2 === 0 }),
      unfreeze: () => unfreezeRunSet(root, id, tick()),
      delete: () => deleteRunSet(root, id, tick()),
      alias: () => setAlias(root, 'alias', id, tick()),
      rebuild: () => rebuildCache(root, tick()),
      compact: () => compactTable(root, 'runs', tick(), { all: true }),
      forget: async () => {
        closeCache(root)
        rmSync(layout.registryCache(root), { force: true })
      },
      status: () => runsetStatus(root, id, tick()),
    }
  }

  end(): void {
    closeCache(this.root)
    rmSync(this.root, { recursive: true })
  }
}

function artifactsOn(root: string, { runId, artifacts = [] }: RunInput): NonNullable<RunInput['artifacts']> {
  return artifacts.map(({ kind }) => {
    const text = `${kind} of ${runId}\n`
    mkdirSync(join(root, 'files'), { recursive: true })
    writeFileSync(join(root, 'files', `${runId}.${kind}`), text)
    return { kind, uri: `files/${runId}.${kind}`, contentHash: sha256Hex(text), bytes: text.length }
  })
}

/** Hold something over random lives: `look` is called after each step. */
async function overLives(
  numRuns: number,
  look: (world: World, taken: Step, answered: unknown) => Promise<void> | void,
  last: (world: World) => Promise<void> | void = () => {},
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(life, async ([waiting, taken]) => {
      const world = await new World(waiting).begin()
      for (const one of taken) await look(world, one, await world.take(one))
      await last(world)
      world.end()
    }),
    { numRuns },
  )
}

function filesIn(root: string): Map<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter(one =>
    one.isFile(),
  )
  return new Map(
    names.map(one => {
      const path = join(one.parentPath, one.name)
      return [path.slice(root.length + 1), sha256Hex(readFileSync(path))]
    }),
  )
}

const live = async ({ root }: World) =>
  (await listRunSets(root, { limit: 100 })).runsets.map(({ spec }) => spec.runsetId)

// ── the invariants ─────────────────────────────────────────────────────────────────────────────────────────────────

it('RS-01: no step of any life changes or removes a fact or an artifact', async () => {
  let before = new Map<string, string>()
  await fc.assert(
    fc.asyncProperty(life, async ([waiting, taken]) => {
      const world = await new World(waiting).begin()
      before = filesIn(world.root)
      for (const one of taken) {
        await world.take(one)
        const after = filesIn(world.root)
        for (const [name, hash] of before) {
          if (name.startsWith('lake/cache/')) continue
          expect(after.get(name), `${one.verb} changed ${name}`).toBe(hash)
        }
        for (const name of after.keys())
          expect(name).toMatch(/^(lake\/registry\/|lake\/cache\/registry\.duckdb$|files\/)/)
        before = after
      }
      world.end()
    }),
    { numRuns: 6 },
  )
}, 120_000)

it('RS-03: an answer names registered runs and registered artifacts only', async () => {
  await overLives(6, async ({ root, registered }, { verb }, answered) => {
    if (verb !== 'resolve' && verb !== 'force') return
    if (typeof answered === 'string') return
    const { resolution } = answered as Awaited<ReturnType<typeof resolveRunSet>>
    for (const id of resolution.runIds) expect(registered).toContain(id)
    const rows = await (await openCatalog(root)).artifactsOfRuns(registered)
    const known = new Set(rows.map(row => row.artifact_id))
    for (const { artifactId } of resolution.artifacts) expect(known.has(artifactId)).toBe(true)
  })
}, 120_000)

it('RS-11: while a RunSet is frozen, every resolve of it is the same bytes', async () => {
  const pinned = new Map<string, { pin: number; bytes: string }>()
  await overLives(8, async ({ root, tick }) => {
    for (const { runsetId: id } of RUNSETS) {
      const state = await findRunSet(root, id)
      if (state === null || state.deleted || state.pin === null) {
        pinned.delete(`${root} ${id}`)
        continue
      }
      const bytes = JSON.stringify((await resolveRunSet(root, id, tick())).resolution)
      const known = pinned.get(`${root} ${id}`)
      if (known?.pin === state.pin.seq) expect(bytes).toBe(known.bytes)
      pinned.set(`${root} ${id}`, { pin: state.pin.seq, bytes })
    }
  })
}, 120_000)

it('RS-18: each resolve that is not on record adds one log row, every other step none, and no number is left out', async () => {
  const counts = new Map<string, number>()
  const total = async ({ root }: World) => {
    let sum = 0
    for (const { runsetId } of RUNSETS) {
      const log = await logOf(root, runsetId).catch(() => [])
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1))
      sum += log.length
    }
    return sum
  }
  await overLives(8, async (world, { verb }, answered) => {
    const before = counts.get(world.root) ?? 0
    const after = await total(world)
    counts.set(world.root, after)
    const refused = typeof answered === 'string'
    if (verb === 'resolve' || verb === 'force') {
      const cached = !refused && (answered as { cached: boolean }).cached
      expect(after - before).toBe(refused || cached ? 0 : 1)
      // A freeze resolves where nothing was reviewed, or where it is to be fresh.
    } else expect(after - before).toBeLessThanOrEqual(verb === 'freeze' && !refused ? 1 : 0)
  })
}, 120_000)

it('RS-19: every header follows from the rows that are stored beside it', async () => {
  await overLives(
    6,
    () => {},
    async ({ root }) => {
      expect((await checkRegistry(root)).faults).toEqual([])
      const folder = join(layout.registry(root), 'runsets_resolution')
      if (!existsSync(folder)) return
      const heads = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
        name.endsWith('.head.parquet'),
      )
      for (const name of heads) {
        const rowsOf = async (part: string) =>
          (await readParquet(join(folder, name.replace('.head.', `.${part}.`)))).columns
        const { resolution_hash, artifacts_hash, run_count } = await rowsOf('head')
        const ids = Array.from(((await rowsOf('runs'))['run_id'] ?? []) as ArrayLike<string>).sort()
        // The bare list, as anyone can hash it with printf and sha256sum.
        expect(resolution_hash[0]).toBe(sha256Hex(JSON.stringify(ids)))
        expect(run_count[0]).toBe(ids.length)
        const artifacts = await rowsOf('artifacts')
        const triples = Array.from((artifacts['kind'] ?? []) as ArrayLike<string>, (kind, i) => [
          artifacts['run_id'][i] as string,
          kind,
          artifacts['content_hash'][i] as string,
        ]).sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1))
        expect(artifacts_hash[0]).toBe(sha256Hex(JSON.stringify(triples)))
      }
    },
  )
}, 120_000)

it('RS-26: without its cache, and with one built anew, the registry answers every question the same', async () => {
  await overLives(
    5,
    () => {},
    async world => {
      const { root, tick } = world
      const answers = async () => {
        const said: unknown[] = [await listRunSets(root), await listRuns(root, { deleted: true })]
        for (const id of await live(world)) {
          said.push(await getRunSet(root, id, { history: 50 }), await runsetHistory(root, id))
          said.push(await runsetStatus(root, id, { now: 1 }), await lineageOf(root, id))
        }
        for (const id of world.registered.slice(0, 3)) said.push(await getRun(root, id))
        return canonicalJson(JSON.parse(JSON.stringify(said)))
      }
      const first = await answers()
      closeCache(root)
      rmSync(layout.registryCache(root), { force: true })
      expect(await answers()).toBe(first)
      await rebuildCache(root, tick())
      expect(await answers()).toBe(first)
    },
  )
}, 120_000)

it('RS-30: the counts of a rebuild are those of the distinct things in the facts', async () => {
  await overLives(
    6,
    () => {},
    async world => {
      const { root, tick, registered } = world
      const { summary } = await rebuildCache(root, tick(), { force: true })
      const standing: string[] = []
      const artifacts = new Set<string>()
      for (const id of registered) {
        const { run, artifacts: own } = await getRun(root, id)
        if (run.deleted) continue
        standing.push(id)
        for (const { artifactId } of own) artifacts.add(artifactId)
      }
      let resolutions = 0
      let membership = 0
      const ids = await live(world)
      for (const id of ids) {
        resolutions += (await logOf(root, id)).length
        membership += (await getRunSet(root, id)).resolution?.runIds.length ?? 0
      }
      const found = { runs: standing.length, artifacts: artifacts.size, runsets: ids.length, resolutions, membership }
      expect(summary).toMatchObject({ ...found, datasets: 2, experiments: 0 })
    },
  )
}, 120_000)

it('RS-32: a plan of collection changes nothing and lists nothing that is held; what it takes, nobody misses', async () => {
  await overLives(
    6,
    () => {},
    async world => {
      const { root, tick } = world
      const before = filesIn(root)
      const plan = await planGc(root)
      expect(filesIn(root)).toEqual(before)
      for (const id of plan.runs) expect(await whyKept(root, id)).toEqual([])
      const pins: string[] = []
      for (const { runsetId } of RUNSETS) {
        const state = await findRunSet(root, runsetId)
        if (state === null) continue
        if (plan.runsets.includes(runsetId)) expect([state.deleted, state.pins]).toEqual([true, []])
        if (!state.deleted) pins.push(...state.pins.map(({ pin }) => `${runsetId}@pin.${pin}`))
      }
      const said = async () => {
        const answers: unknown[] = []
        for (const pin of pins)
          answers.push((await getRunSet(root, pin)).resolution, (await verifyRunSet(root, pin)).intact)
        return answers
      }
      const first = await said()
      await applyGc(root, tick())
      closeCache(root)
      expect(await said()).toEqual(first)
      expect((await checkRegistry(root)).faults).toEqual([])
    },
  )
}, 120_000)

// ── selections ─────────────────────────────────────────────────────────────────────────────────────────────────────

describe('RS-05: each filter key removes exactly the runs that do not meet it', () => {
  const Q4 = { from: '2025-10-01', to: '2025-12-31' }
  const where: SelectionInput = { datasetId: 'd', timeBounds: Q4 }
  const list = fc.subarray(['x', 'y', 'z'])
  const number = pick(1, 2, 3)
  const plain = {
    datasetIds: ['d'],
    strategyFamily: 'f',
    engineVersion: '1',
    window: { from: '2025-11-01', to: '2025-11-02' },
  }
  const listed = (name: string, key: string): Case => ({
    declared: fc.oneof(
      fc.constant({}),
      list.map(values => ({ universe: values.length === 0 ? {} : { [name]: values } })),
    ),
    filter: fc
      .subarray(['x', 'y', 'z'], { minLength: 1, maxLength: 2 })
      .map(values => ({ ...where, universe: { [name]: values } })),
    // Oracle: declared, and nothing in it but what is asked.
    meets: (run, asked) => {
      const has: string[] = run.universe?.[key] ?? []
      return has.length > 0 && has.every(value => asked.universe[key].includes(value))
    },
  })
  const bound = (name: string, meets: (has: number, asked: number) => boolean): Case => ({
    declared: fc.oneof(
      fc.constant({}),
      number.map(value => ({ universe: { [name]: value } })),
    ),
    filter: number.map(value => ({ ...where, universe: { [name]: value } })),
    meets: (run, asked) => run.universe?.[name] !== undefined && meets(run.universe[name], asked.universe[name]),
  })
  interface Case {
    declared: fc.Arbitrary<object>
    filter: fc.Arbitrary<SelectionInput>
    meets: (run: any, asked: any) => boolean
  }
  const day = (n: number) => new Date(Date.UTC(2025, 10, n)).toISOString().slice(0, 10)
  const windows = fc
    .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 4 }))
    .map(([from, days]) => ({ window: { from: day(from), to: day(from + days) } }))
  const timed = (match?: 'overlap') =>
    fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 4 })).map(([from, days]) => ({
      ...where,
      timeBounds: { from: `${day(from)}T00:00:00Z`, to: `${day(from + days)}T00:00:00Z`, ...(match ? { match } : {}) },
    }))
  const CASES: Record<string, Case> = {
    dataset: {
      declared: fc.subarray(['d', 'e'], { minLength: 1 }).map(datasetIds => ({ datasetIds })),
      filter: fc.constant(where),
      meets: run => run.datasetIds.includes('d'),
    },
    callers: listed('callers', 'callers'),
    chains: listed('chains', 'chains'),
    venues: listed('venues', 'venues'),
    tokenSources: listed('tokenSources', 'tokenSources'),
    minMarketCap: bound('minMarketCap', (has, asked) => has >= asked),
    maxMarketCap: bound('maxMarketCap', (has, asked) => has <= asked),
    minVolume: bound('minVolume', (has, asked) => has >= asked),
    'time within': {
      declared: fc.oneof(windows, fc.constant({ window: undefined })),
      filter: timed(),
      meets: (run, { timeBounds }) =>
        run.window !== undefined &&
        Date.parse(run.window.from) >= Date.parse(timeBounds.from) &&
        Date.parse(run.window.to) <= Date.parse(timeBounds.to),
    },
    'time overlap': {
      declared: fc.oneof(windows, fc.constant({ window: undefined })),
      filter: timed('overlap'),
      meets: (run, { timeBounds }) =>
        run.window !== undefined &&
        Date.parse(run.window.from) < Date.parse(timeBounds.to) &&
        Date.parse(run.window.to) > Date.parse(timeBounds.from),
    },
    'time executed': {
      declared: fc.integer({ min: 1, max: 5 }).map(n => ({ createdAt: Date.UTC(2026, 0, n, 12) })),
      filter: fc.constant({
        ...where,
        timeBounds: { from: '2026-01-02', to: '2026-01-03', match: 'executed' as const },
      }),
      meets: run => run.createdAt >= Date.UTC(2026, 0, 2) && run.createdAt < Date.UTC(2026, 0, 4),
    },
    alertWindowPolicy: {
      declared: pick<object>({}, { alertWindowPolicy: 'p' }, { alertWindowPolicy: 'q' }),
      filter: fc.constant({ ...where, timeBounds: { ...Q4, alertWindowPolicy: 'p' } }),
      meets: run => run.alertWindowPolicy === 'p',
    },
    strategyFamily: {
      declared: pick('f', 'f_1', 'fa', 'g').map(strategyFamily => ({ strategyFamily })),
      filter: fc.constant({ ...where, strategy: { strategyFamily: 'f' } }),
      meets: run => /^f(_|$)/.test(run.strategyFamily),
    },
    strategyHash: {
      declared: pick('a', 'b').map(char => ({ strategySpecHash: char.repeat(64) })),
      filter: fc.constant({ ...where, strategy: { strategyHash: 'a'.repeat(64) } }),
      meets: run => run.strategySpecHash === 'a'.repeat(64),
    },
    engineVersion: {
      declared: pick('1', '1.0', '2').map(engineVersion => ({ engineVersion })),
      filter: fc.constant({ ...where, strategy: { engineVersion: '1' } }),
      meets: run => run.engineVersion === '1',
    },
    paramConstraints: {
      declared: fc.oneof(
        fc.constant({}),
        number.map(n => ({ strategyParams: { a: { n } } })),
      ),
      filter: number.map(min => ({ ...where, strategy: { paramConstraints: { 'a.n': { min } } } })),
      meets: (run, { strategy }) => (run.strategyParams?.a.n ?? -1) >= strategy.paramConstraints['a.n'].min,
    },
    runTags: {
      declared: list.map(tags => ({ tags })),
      filter: fc.subarray(['x', 'y'], { minLength: 1 }).map(runTags => ({ ...where, runTags })),
      meets: (run, { runTags }) => runTags.every((tag: string) => run.tags.includes(tag)),
    },
    statuses: {
      declared: pick('completed', 'failed', 'cancelled').map(status => ({ status })),
      filter: fc.constant({ ...where, statuses: ['failed', 'cancelled'] }),
      meets: run => run.status !== 'completed',
    },
  }

  it.each(Object.entries(CASES))('%s', async (_, { declared, filter, meets }) => {
    let removed = 0
    await fc.assert(
      fc.asyncProperty(fc.array(declared, { minLength: 4, maxLength: 8 }), filter, async (list, asked) => {
        const root = freshRoot()
        const stamp: Stamp = { now: Date.UTC(2026, 0, 1) }
        const made = list.map((more, n) => ({ runId: `r${n}`, seed: n, ...plain, ...more }) as RunInput)
        for (const run of made) await registerRun(root, run, stamp)
        await createRunSet(root, { runsetId: 'x', ...asked }, stamp)
        const expected = made.filter(run => meets(run, asked)).map(({ runId }) => runId as string)
        expect((await resolveRunSet(root, 'x', stamp)).resolution.runIds).toEqual(expected.sort())
        removed += made.length - expected.length
        rmSync(root, { recursive: true })
      }),
      { numRuns: 4 },
    )
    expect(removed).toBeGreaterThan(0)
  })

  it('and there is no key that has no case here', () => {
    const universe = ['callers', 'chains', 'venues', 'tokenSources', 'minMarketCap', 'maxMarketCap', 'minVolume']
    const strategy = ['strategyFamily', 'strategyHash', 'engineVersion', 'paramConstraints']
    for (const key of [...universe, ...strategy, 'runTags', 'statuses', 'alertWindowPolicy'])
      expect(CASES).toHaveProperty(key)
    // What no case knows is refused, not passed over.
    for (const more of [{ planet: 'mars' }, { universe: { planets: ['mars'] } }, { strategy: { mood: 1 } }])
      expect(() => specInput({ runsetId: 'x', select: { where: { ...where, ...more } } })).toThrow(/is unknown/)
  })
})

it('RS-14: no name, label, description or state of a RunSet touches its hash', async () => {
  const text = fc.string({ maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(text, text, fc.array(text, { maxLength: 3 }), async (name, description, tags) => {
      const root = freshRoot()
      const tick = ticking()
      const { runset } = await createRunSet(root, { ...RUNSETS[1], name, description, notes: name, tags }, tick())
      const bare = specHash(normaliseSelection({ runTags: ['t'] }))
      expect(runset.spec.specHash).toBe(bare)
      await freezeRunSet(root, 'b', tick(), { allowEmpty: true })
      expect((await getRunSet(root, 'b')).spec.specHash).toBe(bare)
      rmSync(root, { recursive: true })
    }),
    { numRuns: 20 },
  )
})

// ── bundles ────────────────────────────────────────────────────────────────────────────────────────────────────────

it('RS-40: any one flipped bit of a bundle, manifest and framing included, is refused with nothing taken in; the whole one goes in and out again as the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(
      life,
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat(7)), {
        minLength: 60,
        maxLength: 60,
      }),
      async ([waiting, taken], flips) => {
        const world = await new World(waiting).begin()
        for (const one of taken) await world.take(one)
        const { root, tick } = world
        await createRunSet(root, { runsetId: 'z', runTags: ['t'] }, tick())
        await freezeRunSet(root, 'z', tick(), { allowEmpty: true })
        const path = join(root, 'z.tar')
        await exportRunSet(root, 'z', path, tick(), { withArtifacts: true })
        const bytes = readFileSync(path)
        const other = freshRoot()
        for (const [place, bit] of flips) {
          const damaged = Buffer.from(bytes)
          damaged[Math.floor(place * bytes.length)] ^= 1 << bit
          writeFileSync(join(root, 'bad.tar'), damaged)
          await expect(importBundle(other, join(root, 'bad.tar'), tick())).rejects.toMatchObject({ exitCode: 7 })
          expect(readdirSync(other)).toEqual([])
        }
        await importBundle(other, path, tick())
        const again = await importBundle(other, path, tick())
        expect(again.created).toEqual({
          datasets: 0,
          runs: 0,
          artifacts: 0,
          files: 0,
          records: 0,
          pins: 0,
          runset: false,
        })
        expect((await getRunSet(other, 'z@pin.1')).resolution).toEqual((await getRunSet(root, 'z@pin.1')).resolution)
        await exportRunSet(other, 'z', join(other, 'z.tar'), tick(), { withArtifacts: true })
        expect(readFileSync(join(other, 'z.tar')).equals(bytes)).toBe(true)
        closeCache(other)
        world.end()
      },
    ),
    { numRuns: 4 },
  )
}, 120_000)
