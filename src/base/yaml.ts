/** Configuration files: YAML and JSON to plain JSON values under the same strict rules. The only door to `yaml`. */

import { readFileSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar, type YAMLMap } from 'yaml'
import { type ErrorDetail, fail } from './errors.ts'
import { hasCode, storing } from './files.ts'
import { MAX_DEPTH, MAX_REQUEST_BYTES, pointerOf, scanJson } from './json.ts'

/**
 * The JSON value of a YAML 1.2 text in the core schema, where dates stay text and 50_000_000 is a number; an empty text is null. INVALID_CONFIG, with all
 * faults, for what is no YAML, duplicate, dangerous or non-text keys, tags, numbers that JSON cannot hold, endless aliases and
 * nesting over 64. `name` is what messages call the text.
 */
export function parseYaml(text: string, name: string): unknown {
  const lines = new LineCounter()
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `line ${line}, column ${col}`
  }
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  })
  const broken = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    pointer: `${name} ${place(pos[0])}`,
    message,
  }))
  if (broken.length > 0) throw refused(name, 'YAML', broken)
  const writer = new Writer(name, place)
  const json = document.contents === null ? 'null' : writer.text(document.contents, [])
  if (writer.faults.length > 0) throw refused(name, 'YAML', writer.faults)
  return parseJson(json, name, 'YAML')
}

/** The JSON value of a JSON text under the rules of requests; INVALID_CONFIG, with all faults, for a text that messages call `name`. */
export function parseJson(text: string, name: string, form: 'JSON' | 'YAML' = 'JSON'): unknown {
  const scanned = scanJson(text)
  if (scanned.state !== 'complete') throw refused(name, form, [{ pointer: name, message: scanned.message }])
  const faults = scanned.faults.map(fault => ({ ...fault, pointer: `${name}#${fault.pointer}` }))
  if (faults.length > 0) throw refused(name, form, faults)
  return scanned.value
}

/**
 * The JSON value of a file, JSON where its name ends in `.json`, YAML in `.yaml` or `.yml`, else whichever it is. `path` is absolute,
 * `name` what messages call it. INVALID_CONFIG for an absent or unreadable file, text that is no UTF-8 or over 8 MiB.
 */
export function readConfigFile(path: string, name: string = path): unknown {
  const text = textOf(path, name)
  const extension = extname(path).toLowerCase()
  if (extension === '.json') return parseJson(text, name)
  // JSON with a fault is told its fault as JSON, not what YAML makes of it.
  const isJson = extension !== '.yaml' && extension !== '.yml' && scanJson(text).state === 'complete'
  return isJson ? parseJson(text, name) : parseYaml(text, name)
}

function textOf(path: string, name: string): string {
  const unreadable = (why: string, hint?: string) =>
    fail('INVALID_CONFIG', { message: `${name} ${why}` }, { details: [{ pointer: name, message: why }], hint })
  let bytes: Uint8Array
  try {
    if (statSync(path).size > MAX_REQUEST_BYTES) throw unreadable('is larger than 8 MiB')
    bytes = readFileSync(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) {
      throw unreadable('does not exist', 'Relative paths start at the working directory.')
    }
    if (hasCode(error, 'EISDIR')) throw unreadable('is a folder: name a file')
    return storing(path, () => {
      throw error
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unreadable('is not UTF-8 text')
  }
}

function refused(name: string, form: string, details: ErrorDetail[]): Error {
  const [first] = details
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
  const at = first.pointer === name ? name : first.pointer
  return fail('INVALID_CONFIG', { message: `${at} is no valid ${form}: ${first.message}${more}` }, { details })
}

type Path = (string | number)[]

/** Writes a document as JSON text, node by node in order, so that an alias always finds its anchor. */
class Writer {
  readonly faults: ErrorDetail[] = []
  readonly #name: string
  readonly #place: (offset: number) => string
  readonly #anchors = new Map<string, Node>()
  /** Nodes around the present one: an alias to one of them has no end. */
  readonly #around = new Set<Node>()
  #aliasDepth = 0
  #length = 0

  constructor(name: string, place: (offset: number) => string) {
    this.#name = name
    this.#place = place
  }

  text(node: unknown, path: Path): string {
    if (path.length > MAX_DEPTH) throw this.#stop(`nested deeper than ${MAX_DEPTH} levels`)
    if (isAlias(node)) return this.#aliased(node.source, node, path)
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return this.#written('null')
    // What an alias repeats has set its anchors already; a later one of the same name must stay.
    if (node.anchor !== undefined && this.#aliasDepth === 0) this.#anchors.set(node.anchor, node)
    if (node.tag !== undefined && !CORE_TAGS.has(node.tag)) return this.#fault(path, node, `the tag ${node.tag}`)
    if (isScalar(node)) return this.#scalar(node, path)
    this.#around.add(node)
    const parts = isMap(node) ? this.#members(node, path) : node.items.map((item, i) => this.text(item, [...path, i]))
    this.#around.delete(node)
    return isMap(node) ? `{${parts.join(',')}}` : `[${parts.join(',')}]`
  }

  #members(node: YAMLMap, path: Path): string[] {
    return node.items.flatMap(({ key, value }) => {
      const name = isScalar(key) ? key.value : undefined
      if (typeof name === 'string')
        return [this.#written(JSON.stringify(name), 2) + `:${this.text(value, [...path, name])}`]
      this.#fault(path, key, 'a key that is no text: put it in quotes')
      return []
    })
  }

  #scalar(scalar: Scalar, path: Path): string {
    const { value, source } = scalar
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) return this.#fault(path, scalar, `${source ?? value}, which is no number of JSON`)
      // The digits as they stand: whether a double holds them is judged as in JSON.
      return this.#written(/^-?[1-9]\d*$/.test(source ?? '') ? (source as string) : JSON.stringify(value))
    }
    // `50_000_000` is a number to the readers of YAML 1.1 that most configurations were written for.
    if (scalar.type === 'PLAIN' && /^[-+]?[1-9]\d{0,2}(_\d{3})+$/.test(source ?? '')) {
      return this.#written(String(source).replace(/[_+]/g, ''))
    }
    if (value !== null && typeof value !== 'string' && typeof value !== 'boolean') {
      return this.#fault(path, scalar, 'what is no JSON value')
    }
    return this.#written(JSON.stringify(value))
  }

  #aliased(anchor: string, alias: Node, path: Path): string {
    const target = this.#anchors.get(anchor)
    if (target === undefined) return this.#fault(path, alias, `*${anchor}, but no &${anchor} before it`)
    if (this.#around.has(target)) return this.#fault(path, alias, `*${anchor} inside &${anchor}, which has no end`)
    this.#aliasDepth++
    const text = this.text(target, path)
    this.#aliasDepth--
    return text
  }

  /** Aliases can stand for far more than the file holds. */
  #written(text: string, more = 1): string {
    this.#length += text.length + more
    if (this.#length > MAX_REQUEST_BYTES) throw this.#stop('larger than 8 MiB with its aliases written out')
    return text
  }

  #fault(path: Path, node: unknown, what: string): string {
    const start = (node as { range?: [number, number, number] | null } | null)?.range?.[0]
    const where = start === undefined ? '' : ` (${this.#place(start)})`
    this.faults.push({ pointer: `${this.#name}#${pointerOf(path)}`, message: `holds ${what}${where}` })
    return 'null'
  }

  #stop(what: string): Error {
    return refused(this.#name, 'YAML', [{ pointer: this.#name, message: what }])
  }
}

const CORE_TAGS = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map(name => `tag:yaml.org,2002:${name}`),
)
