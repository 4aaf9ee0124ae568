/** Turn argv into one invocation: global options, and what is asked for. Reads no schema, so that it costs nothing. */

import { fail } from '../base/errors.ts'

export type Format = 'json' | 'table' | 'csv'

/** Options that any call takes. */
export interface GlobalOptions {
  root: string | undefined
  signalFile: string | undefined
  format: Format
  quiet: boolean
}

export type Ask =
  | { kind: 'version' }
  | { kind: 'help'; topic: string[] }
  | { kind: 'check'; deep: boolean }
  | { kind: 'schema'; name: string | undefined }
  | { kind: 'json'; payload: string }
  /** A request built from flags: `words` before and between the flags, flags in order. */
  | { kind: 'flags'; words: string[]; flags: Flag[] }

/** One `--name` or `--name=value` with the words that followed it. */
export interface Flag {
  /** Name with underscores. */
  name: string
  /** Value given with `=`, or undefined. */
  inline: string | undefined
  /** Words up to the next flag; the command's schema says how many belong to it. */
  following: string[]
}

export interface Invocation {
  ask: Ask
  options: GlobalOptions
}

const FORMATS: readonly string[] = ['json', 'table', 'csv']
const REPORT_FORMATS: readonly string[] = ['md', 'html']

/** Parse argv (without node and script); INVALID_CONFIG for a bad global option. */
export function parseArgv(argv: readonly string[]): Invocation {
  const { words, flags } = split(argv)
  const take = (name: string) => takeFlag(words, flags, name)
  const given = take('format') ?? 'table'
  // A report's own formats are a parameter of the command that writes it.
  const ofReport = REPORT_FORMATS.includes(given)
  if (ofReport) flags.push({ name: 'format', inline: given, following: [] })
  const format = ofReport ? 'table' : given
  if (!FORMATS.includes(format)) throw usage('--format must be json, table or csv', '/format')
  const options: GlobalOptions = {
    root: take('root'),
    signalFile: take('signal_file'),
    format: format as Format,
    quiet: takeSwitch(words, flags, 'quiet'),
  }
  return { ask: askOf(words, flags), options }
}

function askOf(words: string[], flags: Flag[]): Ask {
  if (takeSwitch(words, flags, 'version')) return { kind: 'version' }
  const help = takeSwitch(words, flags, 'help')
  if (help || (words.length === 0 && flags.length === 0)) return { kind: 'help', topic: words }
  if (takeSwitch(words, flags, 'check')) {
    const deep = takeSwitch(words, flags, 'deep')
    onlyThis('--check', words, flags)
    return { kind: 'check', deep }
  }
  const schema = flags.findIndex(flag => flag.name === 'schema')
  if (schema >= 0) {
    const [flag] = flags.splice(schema, 1)
    const names = [...(flag.inline === undefined ? [] : [flag.inline]), ...flag.following, ...words]
    onlyThis('--schema', names.slice(1), flags)
    return { kind: 'schema', name: names[0] }
  }
  const payload = takeFlag(words, flags, 'json_request')
  if (payload === undefined) return { kind: 'flags', words, flags }
  onlyThis('--json-request', words, flags)
  return { kind: 'json', payload }
}

function split(argv: readonly string[]): { words: string[]; flags: Flag[] } {
  const words: string[] = []
  const flags: Flag[] = []
  for (const token of argv) {
    if (token === '-h') flags.push({ name: 'help', inline: undefined, following: [] })
    else if (/^--[A-Za-z]/.test(token)) {
      const equals = token.indexOf('=')
      const name = token.slice(2, equals < 0 ? undefined : equals)
      flags.push({ name: underscored(name), inline: equals < 0 ? undefined : token.slice(equals + 1), following: [] })
    } else if (flags.length > 0) flags.at(-1)!.following.push(token)
    else words.push(token)
  }
  return { words, flags }
}

/** Flags may be written with hyphens or underscores; keys behind a dot stay as they are. */
function underscored(name: string): string {
  const dot = name.indexOf('.')
  return dot < 0 ? name.replaceAll('-', '_') : name.slice(0, dot).replaceAll('-', '_') + name.slice(dot)
}

/** Remove a flag that takes one value; the words behind the value go back to where they would stand without the flag. */
function takeFlag(words: string[], flags: Flag[], name: string): string | undefined {
  const index = flags.findIndex(flag => flag.name === name)
  if (index < 0) return undefined
  const [flag] = flags.splice(index, 1)
  if (flags.some(other => other.name === name)) throw usage(`--${dashed(name)} is given twice`, `/${name}`)
  const value = flag.inline ?? flag.following.shift()
  if (value === undefined) throw usage(`--${dashed(name)} needs a value`, `/${name}`)
  giveBack(words, flags, index, flag.following)
  return value
}

function takeSwitch(words: string[], flags: Flag[], name: string): boolean {
  const index = flags.findIndex(flag => flag.name === name && flag.inline === undefined)
  if (index < 0) return false
  const [flag] = flags.splice(index, 1)
  giveBack(words, flags, index, flag.following)
  return true
}

function giveBack(words: string[], flags: Flag[], index: number, following: string[]): void {
  ;(index > 0 ? flags[index - 1].following : words).push(...following)
}

function onlyThis(name: string, words: string[], flags: Flag[]): void {
  const rest = [...words, ...flags.map(flag => `--${dashed(flag.name)}`)]
  if (rest.length > 0) throw usage(`${name} does not go with ${rest.join(' ')}`, '')
}

function dashed(name: string): string {
  return name.replaceAll('_', '-')
}

function usage(message: string, pointer: string): Error {
  return fail(
    'INVALID_CONFIG',
    { message },
    { details: [{ pointer, message }], hint: 'quantlab --help lists the options.' },
  )
}
