/** The command table; each command is loaded when it is first asked for. */

import type { RequestName, Requests } from '../../contracts/types.ts'
import type { Command } from './command.ts'

/** Every request of every command. */
export const commands: { [N in RequestName]: () => Promise<Command<Requests[N]>> } = {
  run: async () => (await import('./run.ts')).run,
  'dataset.register': async () => (await import('./dataset.ts')).datasetCommands.register,
  'dataset.list': async () => (await import('./dataset.ts')).datasetCommands.list,
  'dataset.get': async () => (await import('./dataset.ts')).datasetCommands.get,
  'dataset.verify': async () => (await import('./dataset.ts')).datasetCommands.verify,
  'runs.list': async () => (await import('./runs.ts')).runsCommands.list,
  'runs.show': async () => (await import('./runs.ts')).runsCommands.show,
  'runs.best': async () => (await import('./runs.ts')).runsCommands.best,
  'runs.compare': async () => (await import('./runs.ts')).runsCommands.compare,
  'artifact.list': async () => (await import('./artifact.ts')).artifactCommands.list,
  'artifact.get': async () => (await import('./artifact.ts')).artifactCommands.get,
  'artifact.verify': async () => (await import('./artifact.ts')).artifactCommands.verify,
}
