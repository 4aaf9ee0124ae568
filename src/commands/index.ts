/** The command table; each command is loaded when it is first asked for. */

import type { RequestName, Requests } from '../../contracts/types.ts'
import type { Command } from './command.ts'

/** Every request of every command. */
export const commands: { [N in RequestName]: () => Promise<Command<Requests[N]>> } = {
  run: async () => (await import('./run.ts')).run,
  paper: async () => (await import('./paper.ts')).paper,
  'paper_sessions.list': async () => (await import('./paper-sessions.ts')).paperSessionsCommands.list,
  'paper_sessions.show': async () => (await import('./paper-sessions.ts')).paperSessionsCommands.show,
  'paper_sessions.health': async () => (await import('./paper-sessions.ts')).paperSessionsCommands.health,
  'paper_sessions.alerts': async () => (await import('./paper-sessions.ts')).paperSessionsCommands.alerts,
  'paper_sessions.promotion': async () => (await import('./paper-sessions.ts')).paperSessionsCommands.promotion,
  'paper_sessions.index': async () => (await import('./paper-sessions.ts')).paperSessionsCommands.index,
  'paper_sessions.recover': async () => (await import('./paper-sessions.ts')).paperSessionsCommands.recover,
  forward: async () => (await import('./forward.ts')).forward,
  portfolio: async () => (await import('./portfolio.ts')).portfolio,
  sweep: async () => (await import('./sweep.ts')).sweep,
  'dataset.register': async () => (await import('./dataset.ts')).datasetCommands.register,
  'dataset.generate': async () => (await import('./dataset-generate.ts')).datasetGenerate,
  'dataset.list': async () => (await import('./dataset.ts')).datasetCommands.list,
  'dataset.get': async () => (await import('./dataset.ts')).datasetCommands.get,
  'dataset.verify': async () => (await import('./dataset.ts')).datasetCommands.verify,
  'runs.list': async () => (await import('./runs.ts')).runsCommands.list,
  'runs.show': async () => (await import('./runs.ts')).runsCommands.show,
  'runs.best': async () => (await import('./runs.ts')).runsCommands.best,
  'runs.compare': async () => (await import('./runs.ts')).runsCommands.compare,
  'runs.report': async () => (await import('./runs-report.ts')).runsReport,
  'runs.repair': async () => (await import('./runs-repair.ts')).runsRepair,
  'artifact.list': async () => (await import('./artifact.ts')).artifactCommands.list,
  'artifact.read': async () => (await import('./artifact.ts')).artifactCommands.read,
  'artifact.get': async () => (await import('./artifact.ts')).artifactCommands.get,
  'artifact.verify': async () => (await import('./artifact.ts')).artifactCommands.verify,
  'artifact.export': async () => (await import('./artifact.ts')).artifactCommands.export,
  replay: async () => (await import('./replay.ts')).replay,
}
