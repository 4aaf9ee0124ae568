/** Several sessions of the built program at one registry at once, and what must hold of every answer and of what is left. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface RaceOptions {
  /** The built program. */
  main: string
  root: string
  processes: number
  /** Requests of each process; it also ends when the time is over. */
  requests: number
  /** Milliseconds. */
  time?: number
  seed?: number
}

export interface RaceResult {
  /** Verb → how its requests were answered, by success or error code. */
  counts: Record<string, Record<string, number>>
  /** Everything that must not be; empty where all held. */
  faults: string[]
}

type Json = Record<string, any>

const DATASET = 'raced'
const WINDOW = { from: '2025-10-01', to: '2025-12-31' }
/** Refusals that a race may end in: somebody was first, or try again. */
const CLEAN = new Set(['ConflictError', 'StorageError'])

/** Run the race and check it. Throws only where a process dies. */
export async function race({
  main,
  root,
  processes,
  requests,
  time = Infinity,
  seed = 1,
}: RaceOptions): Promise<RaceResult> {
  const state = new RaceState()
  const sessions = Array.from({ length: processes }, () => new Session(main, root))
  const [first] = sessions
  for (const request of opening()) await first.ask(request)
  const end = performance.now() + time
  await Promise.all(
    sessions.map(async (session, index) => {
      const random = generator(seed * 1000 + index)
      for (let n = 0; n < requests && performance.now() < end; n++) await state.take(session, index, n, random)
    }),
  )
  await state.checkEnd(first)
  await Promise.all(sessions.map(session => session.end()))
  return { counts: state.counts, faults: state.faults }
}

function opening(): Json[] {
  const create = { action: 'create', dataset: DATASET, ...WINDOW, auto_resolve: true }
  return [
    { command: 'dataset', params: { action: 'register', id: DATASET, ...WINDOW } },
    { command: 'runset', params: { ...create, id: 'live' } },
    { command: 'runset', params: { ...create, id: 'pinned', caller: ['x'] } },
  ]
}

/** What was asked and answered, and what follows from it. */
class RaceState {
  readonly counts: RaceResult['counts'] = {}
  readonly faults: string[] = []
  /** Run ids by when their registration was sent and when it was acknowledged; one counter for all. */
  readonly #sent = new Map<string, number>()
  readonly #known = new Map<string, number>()
  readonly #tagged = new Map<string, Set<string>>()
  #clock = 0
  #records: Record<string, number> = { live: 1, pinned: 1 }
  #pins = 0

  async take(session: Session, index: number, n: number, random: () => number): Promise<void> {
    const [verb, params] = this.#request(index, n, random)
    const command = VERB_COMMANDS[verb]
    const sentAt = ++this.#clock
    if (verb === 'register') this.#sent.set(params['id'], this.#sent.get(params['id']) ?? sentAt)
    const answer = await session.ask({ command, params })
    this.#count(verb, answer)
    if (answer['status'] === 'success') this.#hold(verb, params, answer['result'], sentAt)
    else if (!CLEAN.has(answer['error'].type))
      this.faults.push(`${verb} ${JSON.stringify(params)}: ${answer['error'].code} ${answer['error'].message}`)
  }

  #request(index: number, n: number, random: () => number): [Verb, Json] {
    const roll = random()
    const verb = VERBS[Math.floor(roll * VERBS.length)]
    const ids = [...this.#known.keys()]
    switch (verb) {
      case 'register': {
        // One in five is a name that the others want too, with other content.
        const contended = random() < 0.2
        const id = contended ? `shared-${n % 10}` : `run-${index}-${n}`
        const seed = contended ? index : n
        return [
          verb,
          {
            action: 'register',
            id,
            datasets: [DATASET],
            strategy_family: 'f',
            engine_version: '1',
            seed,
            from: '2025-11-01',
            to: '2025-11-02',
            callers: [index % 2 === 0 ? 'x' : 'y'],
          },
        ]
      }
      case 'tag':
        return ids.length === 0
          ? ['rebuild', { action: 'rebuild' }]
          : [verb, { action: 'tag', id: ids[Math.floor(random() * ids.length)], add: [`t${index}-${n}`] }]
      case 'create':
        return [verb, { action: 'create', id: `set-${n % 7}`, run_tags: [`from-${index}`] }]
      case 'resolve':
        return [verb, { action: 'resolve', id: 'live', force: random() < 0.3 }]
      case 'freeze':
        return [verb, { action: 'freeze', id: 'pinned', allow_empty: true, repin: random() < 0.3 }]
      case 'unfreeze':
        return [verb, { action: 'unfreeze', id: 'pinned' }]
      case 'rebuild':
        return [verb, { action: 'rebuild', force: random() < 0.5 }]
      case 'compact':
        return [verb, { action: 'compact', all: random() < 0.5 }]
      default:
        return [verb, { action: 'gc', apply: true }]
    }
  }

  #hold(verb: Verb, params: Json, result: Json, sentAt: number): void {
    const now = ++this.#clock
    if (verb === 'register') this.#known.set(params['id'], this.#known.get(params['id']) ?? now)
    if (verb === 'tag')
      this.#tagged.set(params['id'], (this.#tagged.get(params['id']) ?? new Set()).add(params['add'][0]))
    if (verb === 'freeze' && result['changed']) this.#pins++
    if (verb !== 'resolve') return
    if (!result['cached']) this.#records['live']++
    const members = new Set<string>(result['resolution'].runIds)
    for (const [id, at] of this.#known)
      if (at < sentAt && !members.has(id))
        this.faults.push(`resolve left out ${id}, which was registered before it was asked`)
    for (const id of members)
      if (!this.#sent.has(id)) this.faults.push(`resolve answered ${id}, which nobody registered`)
  }

  async checkEnd(session: Session): Promise<void> {
    const result = async (command: string, params: Json) => {
      const answer = await session.ask({ command, params })
      if (answer['status'] !== 'success')
        this.faults.push(`${command} ${params['action']} in the end: ${answer['error'].message}`)
      return answer['result'] as Json
    }
    await result('registry', { action: 'check' })
    const { registered, total } = await result('runs', { action: 'list', dataset: DATASET, limit: 1_000_000 })
    const runs = new Map<string, Json>(registered.map((run: Json) => [run['runId'], run]))
    if (total !== this.#known.size || runs.size !== total)
      this.faults.push(`${total} runs are listed, ${this.#known.size} were registered`)
    for (const id of this.#known.keys()) {
      const run = runs.get(id)
      if (run === undefined) this.faults.push(`run ${id} is lost`)
      for (const tag of this.#tagged.get(id) ?? [])
        if (!run?.['tags'].includes(tag)) this.faults.push(`tag ${tag} of ${id} is lost`)
    }
    const { resolution } = await result('runset', { action: 'resolve', id: 'live', force: true })
    this.#records['live']++
    if (JSON.stringify(resolution.runIds) !== JSON.stringify([...this.#known.keys()].sort()))
      this.faults.push('the last resolve is not what was registered')
    const { history, total: records } = await result('runset', { action: 'history', id: 'live', limit: 1_000_000 })
    if (records !== this.#records['live'])
      this.faults.push(`${records} records of live, ${this.#records['live']} were answered`)
    if (history.some((one: Json, at: number) => one['seq'] !== records - at))
      this.faults.push('the history of live has a gap')
    const before = await result('runset', { action: 'resolve', id: 'live' })
    await result('registry', { action: 'rebuild', force: true })
    const after = await result('runset', { action: 'resolve', id: 'live' })
    if (JSON.stringify(before['resolution']) !== JSON.stringify(after['resolution']))
      this.faults.push('a rebuild changed an answer')
    if (this.#pins > 0) await result('runset', { action: 'get', id: `pinned@pin.${this.#pins}` })
    const beyond = await session.ask({
      command: 'runset',
      params: { action: 'get', id: `pinned@pin.${this.#pins + 1}` },
    })
    if (beyond['status'] === 'success')
      this.faults.push(`pinned has more than the ${this.#pins} pins that were answered`)
  }

  #count(verb: string, { status, error }: Json): void {
    const key = status === 'success' ? 'success' : error.code
    const row = this.counts[verb] ?? {}
    row[key] = (row[key] ?? 0) + 1
    this.counts[verb] = row
  }
}

const VERB_COMMANDS = {
  register: 'runs',
  tag: 'runs',
  create: 'runset',
  resolve: 'runset',
  freeze: 'runset',
  unfreeze: 'runset',
  rebuild: 'registry',
  compact: 'registry',
  gc: 'registry',
} as const

type Verb = keyof typeof VERB_COMMANDS

/** As often as they stand here. */
const VERBS: Verb[] = [
  ...(['register', 'register', 'register', 'register', 'tag', 'tag', 'create', 'resolve', 'resolve'] as const),
  ...(['resolve', 'freeze', 'freeze', 'unfreeze', 'rebuild', 'compact', 'gc'] as const),
]

/** One process that answers a line for each line. */
class Session {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting: ((answer: Json) => void)[] = []
  #ended: Promise<void>

  constructor(main: string, root: string) {
    this.#child = spawn(process.execPath, [main, '--root', root, '--json-request', '-'], { cwd: root })
    createInterface({ input: this.#child.stdout }).on('line', line => this.#waiting.shift()?.(JSON.parse(line)))
    this.#ended = new Promise(ended => this.#child.on('close', () => ended()))
  }

  ask({ command, params }: Json): Promise<Json> {
    const request = { schema_version: '1.0', request_id: 'race', command, params }
    return new Promise(answered => {
      this.#waiting.push(answered)
      this.#child.stdin.write(`${JSON.stringify(request)}\n`)
    })
  }

  end(): Promise<void> {
    this.#child.stdin.end()
    return this.#ended
  }
}

/** Numbers in [0, 1) from a seed (a linear congruential generator modulo 2^31 is enough to choose verbs). */
function generator(seed: number): () => number {
  let state = (seed * 48_271 + 11) % 2_147_483_647
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
