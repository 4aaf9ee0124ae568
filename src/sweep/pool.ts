/** Worker threads that evaluate the jobs of a plan; results come in the order of the jobs, whatever the threads. */

import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { fail } from '../base/errors.ts'
import type { SweepPlan } from './plan.ts'
import { type Bench, bench, type ChunkResult, evaluateJob, type Job } from './trials.ts'

/** How the results of a run are taken. */
export interface Delivery {
  /** A result that an earlier run left; undefined where there is none. It is not computed again. */
  recall?(job: Job): ChunkResult | undefined | Promise<ChunkResult | undefined>
  /** Takes the results in the order of the jobs, awaited; `false` ends the run. `recalled` tells one of an earlier run from a new one. */
  deliver(result: ChunkResult, job: Job, recalled: boolean): unknown
  signal?: AbortSignal
}

interface Task {
  job: Job
  resolve(result: ChunkResult): void
  reject(error: unknown): void
}

/** Jobs under way and results waiting for their turn, per thread. */
const AHEAD = 8

/** Jobs a thread holds: with one in hand and one to follow it never waits for an answer. */
const HELD = 2

/** Bars times trials below which starting threads takes longer than they save. */
const WORTH_THREADS = 40_000_000

/** Threads to use where the request names none: the cores at hand, or none for a small sweep. `work` is in bars times trials. */
export function defaultThreads(work: number): number {
  const cores = availableParallelism()
  return cores > 1 && work >= WORTH_THREADS ? cores : 0
}

/**
 * Threads started as they are needed, 0 for none: then jobs are evaluated here, with a turn of the event loop between them. A job
 * whose thread dies is evaluated once more here; an error then is the error of the run.
 */
export class TrialPool {
  readonly threads: number
  /** Threads that died. */
  lost = 0
  readonly plan: SweepPlan
  readonly #workers = new Map<Worker, Task[]>()
  readonly #queue: Task[] = []
  #own: Bench | undefined
  #started = 0
  #closed = false

  constructor(plan: SweepPlan, threads: number) {
    this.plan = plan
    this.threads = threads
  }

  /** Run `jobs`; true when all were delivered, false when `deliver` ended the run. ABORTED when the signal fires. */
  async run(jobs: readonly Job[], { recall, deliver, signal }: Delivery): Promise<boolean> {
    const ahead = Math.max(1, this.threads * AHEAD)
    const waiting: Promise<{ result: ChunkResult; recalled: boolean }>[] = []
    const evaluate = async (job: Job) => {
      const known = await recall?.(job)
      return known === undefined
        ? { result: await this.#submit(job), recalled: false }
        : { result: known, recalled: true }
    }
    try {
      for (let next = 0, sent = 0; next < jobs.length; next++) {
        if (signal?.aborted) throw fail('ABORTED', {})
        for (; sent < jobs.length && sent < next + ahead; sent++) {
          const one = evaluate(jobs[sent])
          // A failure is seen in its turn below; until then it must not count as unhandled.
          one.catch(() => {})
          waiting.push(one)
        }
        const { result, recalled } = await (waiting.shift() as (typeof waiting)[number])
        if (signal?.aborted) throw fail('ABORTED', {})
        if ((await deliver(result, jobs[next], recalled)) === false) return false
      }
      return true
    } finally {
      // What was sent ahead of an end that came early is not begun any more.
      this.#queue.length = 0
    }
  }

  /** The buffers of this thread, for single trials beside the jobs. */
  get own(): Bench {
    this.#own ??= bench(this.plan, this.threads + 1)
    return this.#own
  }

  /** End all threads; jobs under way are given up. */
  async close(): Promise<void> {
    this.#closed = true
    this.#queue.length = 0
    const workers = [...this.#workers.keys()]
    this.#workers.clear()
    await Promise.all(workers.map(worker => worker.terminate()))
  }

  #submit(job: Job): Promise<ChunkResult> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject })
      this.#dispatch()
    })
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const worker = this.#next()
      if (worker === undefined) break
      const task = this.#queue.shift() as Task
      this.#workers.get(worker)?.push(task)
      worker.postMessage(task.job)
    }
    // Nobody left to do it.
    if (this.#workers.size === 0) for (const task of this.#queue.splice(0)) void this.#here(task)
  }

  /** The thread with the least to do, a new one before one that has something; undefined where all have enough. */
  #next(): Worker | undefined {
    let least: Worker | undefined
    let held = HELD
    for (const [worker, tasks] of this.#workers) {
      if (tasks.length >= held) continue
      least = worker
      held = tasks.length
    }
    return held > 0 && this.#started < this.threads ? this.#start() : least
  }

  #start(): Worker {
    this.#started++
    const worker = new Worker(workerUrl(import.meta.url), {
      workerData: { plan: this.plan, threads: this.threads },
    })
    this.#workers.set(worker, [])
    worker.on('message', (result: ChunkResult) => {
      // A thread answers in the order it was asked.
      this.#workers.get(worker)?.shift()?.resolve(result)
      this.#dispatch()
    })
    // An error is always followed by the exit.
    worker.on('error', () => {})
    worker.on('exit', () => this.#leave(worker))
    return worker
  }

  #leave(worker: Worker): void {
    if (this.#closed) return
    this.lost++
    const tasks = this.#workers.get(worker) ?? []
    this.#workers.delete(worker)
    for (const task of tasks) void this.#here(task)
    this.#dispatch()
  }

  async #here({ job, resolve, reject }: Task): Promise<void> {
    try {
      await setImmediate()
      if (!this.#closed) resolve(evaluateJob(this.own, job))
    } catch (error) {
      reject(error)
    }
  }
}

/** Run the jobs of a plan in a pool of their own; see `TrialPool.run`. */
export async function runJobs(
  plan: SweepPlan,
  jobs: readonly Job[],
  options: Delivery & { threads: number },
): Promise<boolean> {
  const pool = new TrialPool(plan, options.threads)
  try {
    return await pool.run(jobs, options)
  } finally {
    await pool.close()
  }
}

/** The worker beside this file, or above it where the bundler put this file among the chunks. */
export function workerUrl(here: string): URL {
  const folder = new URL('.', here).pathname.endsWith('/chunks/') ? '..' : '.'
  return new URL(`${folder}/worker${extname(new URL(here).pathname)}`, here)
}
