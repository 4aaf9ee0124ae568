/** The published flag form without a command word: which flag asks for which command. */

import type { Flag } from './argv.ts'

/** Where a published flag leads. */
export interface Route {
  command: string
  action: string | undefined
  /** Key of the request's schema. */
  request: string
  /** `mode` of its signals, as published. */
  mode: string
  words: string[]
  flags: Flag[]
}

interface Published {
  flag: string
  request: string
  mode: string
  /** Parameter that receives the flag's words; all of them for a list. */
  param: string
  /** Flags renamed on the way. */
  rename?: Record<string, string>
  /** The flag is itself a parameter of the request: it stays among the flags. */
  stays?: true
  /** Only where a word follows the flag; bare, it belongs to another command. */
  withWord?: true
}

/** In the published order of precedence: the first flag of the list that is given decides. */
const PUBLISHED: readonly Published[] = [
  { flag: 'paper_sessions_list', request: 'paper_sessions.list', mode: 'paper_sessions', param: 'dir' },
  { flag: 'paper_sessions_show', request: 'paper_sessions.show', mode: 'paper_sessions', param: 'session_id' },
  { flag: 'paper_sessions_health', request: 'paper_sessions.health', mode: 'paper_sessions', param: 'dir' },
  { flag: 'paper_sessions_alerts', request: 'paper_sessions.alerts', mode: 'paper_sessions', param: 'dir' },
  { flag: 'paper_sessions_promotion', request: 'paper_sessions.promotion', mode: 'paper_sessions', param: 'dir' },
  { flag: 'paper_sessions_index', request: 'paper_sessions.index', mode: 'paper_sessions', param: 'dir' },
  { flag: 'runs_list', request: 'runs.list', mode: 'runs', param: 'dir' },
  { flag: 'list_runs', request: 'runs.list', mode: 'runs', param: 'dir' },
  { flag: 'runs_show', request: 'runs.show', mode: 'runs', param: 'run' },
  { flag: 'runs_best', request: 'runs.best', mode: 'runs', param: 'dir' },
  { flag: 'best_from', request: 'runs.best', mode: 'runs', param: 'dir' },
  { flag: 'report', request: 'runs.report', mode: 'report', param: 'run_id', withWord: true },
  { flag: 'advanced_report', request: 'runs.report', mode: 'run', param: 'run_id' },
  { flag: 'compare', request: 'runs.compare', mode: 'run', param: 'runs' },
  { flag: 'forward_eval', request: 'forward', mode: 'forward', param: 'forward_eval', stays: true },
  { flag: 'resume_forward', request: 'forward', mode: 'forward', param: 'resume_forward', stays: true },
  { flag: 'portfolio_report', request: 'portfolio', mode: 'portfolio', param: 'portfolio_report', stays: true },
  { flag: 'portfolio_compare', request: 'portfolio', mode: 'portfolio', param: 'portfolio_compare', stays: true },
  { flag: 'sweep', request: 'sweep', mode: 'sweep', param: 'config_path' },
]

/** The route of a call that starts with a flag; a plain run where no other is asked for. */
export function publishedRoute(flags: readonly Flag[]): Route {
  for (const row of PUBLISHED) {
    const found = flags.find(flag => flag.name === row.flag)
    if (found === undefined || (row.withWord && !hasDirectory(found))) continue
    const words = found.inline === undefined ? found.following : [found.inline, ...found.following]
    const [command, action] = row.request.split('.')
    return {
      command,
      action,
      request: row.request,
      mode: row.mode,
      words: row.stays ? [] : [...words],
      flags: flags.filter(flag => row.stays || flag !== found),
    }
  }
  return { command: 'run', action: undefined, request: 'run', mode: runMode(flags), words: [], flags: [...flags] }
}

/** `--report DIR`, as against the switch `--report`, `--report=true` or `--report=false` of a run. */
function hasDirectory({ inline, following }: Flag): boolean {
  return inline === undefined ? following.length > 0 : inline !== 'true' && inline !== 'false'
}

/** A plain run with `--report` signals mode `report`, one with `--paper` mode `paper`, as published. */
function runMode(flags: readonly Flag[]): string {
  const names = flags.map(flag => flag.name)
  return names.includes('paper') ? 'paper' : names.includes('report') ? 'report' : 'run'
}
