/** Thread shell: holds the plan, evaluates the jobs it is sent, answers with their figures. */

import { parentPort, workerData } from 'node:worker_threads'
import type { SweepPlan } from './plan.ts'
import { bench, evaluateJob, type Job } from './trials.ts'

const { plan, threads } = workerData as { plan: SweepPlan; threads: number }
const own = bench(plan, threads)

parentPort?.on('message', (job: Job) => {
  const result = evaluateJob(own, job)
  parentPort?.postMessage(result, [result.figures.buffer as ArrayBuffer])
})
