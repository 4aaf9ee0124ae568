/** The command table; each command is loaded when it is first asked for. */

import type { RequestName, Requests } from '../../contracts/types.ts'
import type { Command } from './command.ts'

/** Every request of every command. */
export const commands: { [N in RequestName]: () => Promise<Command<Requests[N]>> } = {
  run: async () => (await import('./run.ts')).run,
  'artifact.list': async () => (await import('./artifact.ts')).artifactCommands.list,
  'artifact.get': async () => (await import('./artifact.ts')).artifactCommands.get,
  'artifact.verify': async () => (await import('./artifact.ts')).artifactCommands.verify,
}
