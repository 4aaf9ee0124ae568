/** Conditions and operands as JSON → nodes of a program; faults are gathered with their pointers, and the walk goes on. */

import type { RulesCondition, RulesIndicatorParameters, RulesOperand, RulesPair } from '../../contracts/types.ts'
import { type ErrorDetail, GatewayError } from '../base/errors.ts'
import { nearest } from '../base/near.ts'
import { type BoundIndicator, type ColumnName, INDICATORS, indicatorFor } from '../indicators/index.ts'
import type { Arithmetic, Condition, Series } from './rules-program.ts'

const MAX_DEPTH = 32
const MAX_NODES = 256

const COLUMNS: readonly string[] = ['open', 'high', 'low', 'close', 'volume'] satisfies ColumnName[]
const ARITHMETIC: readonly string[] = ['add', 'sub', 'mul', 'div'] satisfies Arithmetic[]
const OPERATIONS: readonly string[] = [...ARITHMETIC, 'lag', 'bars_since']

/** What is gathered on the way through one strategy. */
export interface Compilation {
  faults: ErrorDetail[]
  nodes: number
  /** Every column that is read, with the pointer of the first place that reads it. */
  reads: Map<ColumnName, string>
}

/** Where a node stands: its JSON pointer, and its depth, 1 for the entry or exit of a side. */
export interface Place {
  pointer: string
  depth: number
}

/** The condition at `place`, of the shape its schema asks for; of no use once a fault was found. */
export function compileCondition(condition: RulesCondition, place: Place, to: Compilation): Condition {
  if (!admit(place, to)) return { op: 'all', items: [], key: '', warmup: 0 }
  const [[op, value]] = Object.entries(condition) as [keyof RulesCondition, unknown][]
  const at = below(place, op)
  switch (op) {
    case 'all':
    case 'any': {
      const items = (value as RulesCondition[]).map((item, i) => compileCondition(item, element(at, i), to))
      const key = `${op}(${items.map(item => item.key).join()})`
      return { op, items, key, warmup: items.reduce((most, item) => Math.max(most, item.warmup), 0) }
    }
    case 'not': {
      const item = compileCondition(value as RulesCondition, at, to)
      return { op, item, key: `not(${item.key})`, warmup: item.warmup }
    }
    default: {
      const [left, right] = compilePair(value as RulesPair, at, to)
      // a < b is b > a, and a crosses below b where b crosses above a.
      if (op === 'lt') return binary('gt', right, left)
      if (op === 'lte') return binary('gte', right, left)
      if (op === 'cross_below') return binary('cross_above', right, left)
      return binary(op, left, right)
    }
  }
}

function compileOperand(operand: RulesOperand, place: Place, to: Compilation): Series {
  if (!admit(place, to)) return constant(0)
  if (typeof operand === 'string') return compileColumn(operand, place, to)
  if (typeof operand !== 'number') return compileObject(operand, place, to)
  if (!Number.isFinite(operand)) to.faults.push({ pointer: place.pointer, message: 'must be a finite number' })
  return constant(operand)
}

function compileColumn(name: string, { pointer }: Place, to: Compilation): Series {
  if (COLUMNS.includes(name)) {
    const column = name as ColumnName
    read(to, column, pointer)
    return { op: 'column', column, key: column, warmup: 0 }
  }
  if (Object.hasOwn(INDICATORS, name)) {
    const suggestion = `{"${name}": {}}`
    to.faults.push({ pointer, message: `'${name}' is an indicator: write ${suggestion}`, suggestion })
  } else {
    to.faults.push(unknown(pointer, 'column', name, COLUMNS))
  }
  return constant(0)
}

function compileObject(operand: RulesOperand & object, place: Place, to: Compilation): Series {
  const heads = Object.keys(operand).filter(key => key !== 'of' && key !== 'output')
  if (heads.length !== 1) {
    const found = heads.length === 0 ? 'none' : heads.join(', ')
    const message = `must name exactly one operation or indicator; found ${found}`
    to.faults.push({ pointer: place.pointer, message })
    return constant(0)
  }
  const [head] = heads
  if (Object.hasOwn(INDICATORS, head)) return compileIndicator(operand, head, place, to)
  for (const key of ['of', 'output'] as const) {
    if (operand[key] !== undefined && OPERATIONS.includes(head)) {
      to.faults.push({ pointer: below(place, key).pointer, message: `belongs to an indicator, not to ${head}` })
    }
  }
  const at = below(place, head)
  if (operand.lag !== undefined) {
    const [source, bars] = operand.lag
    const of = compileOperand(source, element(at, 0), to)
    return { op: 'lag', source: of, bars, key: `lag(${of.key},${bars})`, warmup: of.warmup + bars }
  }
  if (operand.bars_since !== undefined) {
    const condition = compileCondition(operand.bars_since, at, to)
    return { op: 'bars_since', condition, key: `bars_since(${condition.key})`, warmup: condition.warmup }
  }
  if (ARITHMETIC.includes(head)) {
    const [left, right] = compilePair(operand[head] as RulesPair, at, to)
    return binary(head as Arithmetic, left, right)
  }
  to.faults.push(unknown(at.pointer, 'operation or indicator', head, [...OPERATIONS, ...Object.keys(INDICATORS)]))
  return constant(0)
}

function compileIndicator(operand: RulesOperand & object, name: string, place: Place, to: Compilation): Series {
  const at = below(place, name)
  const source = operand.of === undefined ? null : compileOperand(operand.of, below(place, 'of'), to)
  const bound = bind(name, operand[name] as RulesIndicatorParameters, at.pointer, to)
  if (bound === null) return constant(0)
  const { inputs } = bound.indicator
  if (source === null) {
    for (const column of inputs) read(to, column, at.pointer)
  } else if (inputs.length !== 1 || inputs[0] !== 'close') {
    const message = `${name} reads ${inputs.join(', ')} and takes no other series`
    to.faults.push({ pointer: below(place, 'of').pointer, message })
  }
  const output = outputOf(bound, operand.output, below(place, 'output').pointer, to)
  const key = `${name}(${Object.values(bound.params).join()}${source === null ? '' : `;${source.key}`})`
  const warmup = bound.warmup + (source?.warmup ?? 0)
  return { op: 'indicator', indicator: bound, output, of: source, computation: key, key: `${key}.${output}`, warmup }
}

/** The indicator with its parameters checked; a number alone is the first of them. Null after a fault. */
function bind(name: string, given: RulesIndicatorParameters, pointer: string, to: Compilation): BoundIndicator | null {
  const alone = typeof given === 'number'
  const [first] = Object.keys(INDICATORS[name].parameters)
  if (alone && first === undefined) {
    to.faults.push({ pointer, message: `${name} has no parameters: write {"${name}": {}}` })
    return null
  }
  try {
    return indicatorFor(name, alone ? { [first]: given } : given, pointer)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    // The walk goes on, so that one answer names all faults. A number alone has no key that a pointer could name.
    to.faults.push(...(alone ? error.details.map(detail => ({ ...detail, pointer })) : error.details))
    return null
  }
}

function outputOf({ name, indicator }: BoundIndicator, given: string | undefined, pointer: string, to: Compilation) {
  const { outputs } = indicator
  if (given === undefined && outputs.length > 1) {
    const message = `is required: ${name} has the outputs ${outputs.join(', ')}`
    to.faults.push({ pointer, message, expected: outputs })
  } else if (given !== undefined && !outputs.includes(given)) {
    to.faults.push(unknown(pointer, `output of ${name}`, given, outputs))
  }
  return given ?? outputs[0]
}

function compilePair(pair: RulesPair, place: Place, to: Compilation): [Series, Series] {
  return [compileOperand(pair[0], element(place, 0), to), compileOperand(pair[1], element(place, 1), to)]
}

function binary<O extends string>(op: O, left: Series, right: Series) {
  return { op, left, right, key: `${op}(${left.key},${right.key})`, warmup: Math.max(left.warmup, right.warmup) }
}

/** Adding 0 makes one constant of 0 and −0, as canonical JSON does. */
function constant(value: number): Series {
  return { op: 'constant', value: value + 0, key: String(value + 0), warmup: 0 }
}

function read(to: Compilation, column: ColumnName, pointer: string): void {
  if (!to.reads.has(column)) to.reads.set(column, pointer)
}

/** Count the node at `place`; false, with a fault, where it lies too deep or is one too many, and must not be entered. */
function admit({ pointer, depth }: Place, to: Compilation): boolean {
  if (depth > MAX_DEPTH) {
    to.faults.push({ pointer, message: `is nested more than ${MAX_DEPTH} deep`, expected: MAX_DEPTH })
    return false
  }
  to.nodes++
  if (to.nodes === MAX_NODES + 1) {
    const message = `is one too many: at most ${MAX_NODES} conditions and operands`
    to.faults.push({ pointer, message, expected: MAX_NODES })
  }
  return to.nodes <= MAX_NODES
}

function below({ pointer, depth }: Place, key: string): Place {
  return { pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth: depth + 1 }
}

/** An array and its element count as one level. */
function element({ pointer, depth }: Place, index: number): Place {
  return { pointer: `${pointer}/${index}`, depth }
}

function unknown(pointer: string, what: string, name: string, known: readonly string[]): ErrorDetail {
  const suggestion = nearest(name, known)
  const message = `unknown ${what} '${name}'${suggestion === undefined ? '' : `; did you mean '${suggestion}'?`}`
  return { pointer, message, expected: known, ...(suggestion === undefined ? {} : { suggestion }) }
}
