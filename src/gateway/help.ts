/** `--help`: texts made from the schemas. */

import { fail } from '../base/errors.ts'
import { nearest } from '../base/near.ts'
import { type PropertySchema, type RequestSchema, requestSchemaOf } from '../base/schema.ts'
import { VERSION } from '../base/version.ts'
import { commands } from '../commands/index.ts'
import { aboutCommand, actionsOf } from './flags.ts'

/** Help on everything, on a command, or on one of its verbs; INVALID_CONFIG for an unknown topic. */
export function helpText(topic: readonly string[]): string {
  const [command, verb] = topic
  const action = verb?.replaceAll('-', '_')
  if (command === undefined) return overview()
  const actions = actionsOf(command)
  if (actions === undefined) {
    const suggestion = nearest(command, commandNames())
    throw fail(
      'INVALID_CONFIG',
      { message: `There is no command '${command}'.` },
      { hint: suggestion ? `Did you mean '${suggestion}'?` : 'quantlab --help lists the commands.' },
    )
  }
  if (actions.length === 0) return requestHelp(command, command)
  if (action !== undefined && actions.includes(action))
    return requestHelp(`${command} ${action}`, `${command}.${action}`)
  const verbs = actions.map(name =>
    `  ${name.padEnd(16)} ${requestSchemaOf(`${command}.${name}`)?.description ?? ''}`.trimEnd(),
  )
  return `quantlab ${command} <verb> — ${aboutCommand(command)}\n\nVerbs:\n${verbs.join('\n')}\n\nquantlab --help ${command} <verb> lists the parameters.\n`
}

function commandNames(): string[] {
  return [...new Set(Object.keys(commands).map(name => name.split('.')[0]))]
}

function overview(): string {
  const rows = commandNames().map(name => `  ${name.padEnd(15)} ${aboutCommand(name)}`)
  return `quantlab ${VERSION} — one JSON request in, one complete run on disk, one JSON answer out

Usage:
  quantlab --json-request '<json>' | @file.json | -     one request, or an NDJSON session on standard input
  quantlab <command> [verb] [--flags]                   the same request, built from flags
  quantlab --ticker SYMBOL --start … --end … [--report] the published form of a plain run
  quantlab --check [--deep]                             health summary, exit 0 or 2
  quantlab --version | --help [command [verb]] | --schema [name]

Commands:
${rows.join('\n')}

Options of every call:
  --root DIR           where lake/ and outputs/ are (else QUANTLAB_ROOT, else the working directory)
  --signal-file PATH   append lifecycle events as JSON Lines
  --format FORMAT      json, table or csv; flag calls only (default table)
  --quiet              no progress on standard error

A request: {"schema_version":"1.0","request_id":"r1","command":"run","params":{"ticker":"SPX"}}
Exit codes: 0 success, 1 bug, 2 request, 3 data, 4 strategy, 5 conflict, 6 not found, 7 integrity, 8 storage (retry), 9 different.
`
}

function requestHelp(title: string, request: string): string {
  const schema = requestSchemaOf(request) as RequestSchema
  const positional = schema['x-positional'] ?? []
  const about = schema.description ?? aboutCommand(request.split('.')[0])
  const usage = `quantlab ${title}${positional.map(name => ` <${name}>`).join('')} [--flags]`
  const rows = Object.entries(schema.properties)
    .filter(([name]) => name !== 'action')
    .map(([name, property]) => parameterLine(name, property, schema.required?.includes(name) ?? false))
  return `${usage}\n\n${about}\n\nParameters (JSON key, or flag with - or _):\n${rows.join('\n')}\n`
}

function parameterLine(name: string, property: PropertySchema, required: boolean): string {
  const type =
    property.enum?.join('|') ?? (Array.isArray(property.type) ? property.type.join('|') : (property.type ?? 'any'))
  const unit = property['x-unit'] === undefined ? '' : ` ${property['x-unit']}`
  const range = rangeOf(property)
  const standard = required
    ? ' (required)'
    : property.default === undefined
      ? ''
      : ` (default ${JSON.stringify(property.default)})`
  const others = property['x-flag-names'] ?? []
  const also = others.length === 0 ? '' : ` Also ${others.map(other => `--${other}`).join(', ')}.`
  return `  --${name.replaceAll('_', '-').padEnd(22)} ${property.description ?? ''}${also} [${type}${unit}${range}]${standard}`
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: PropertySchema): string {
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`
  if (exclusiveMinimum !== undefined) return `, above ${exclusiveMinimum}`
  if (minimum !== undefined) return `, from ${minimum}`
  return maximum === undefined ? '' : `, to ${maximum}`
}
