/** Set algebra over RunSets as text: `A minus (B union C@pin.1)`, left-associative, operands any reference. */

import { invalidSpec } from './selection.ts'
import type { SetOperation } from './types.ts'

/** A parsed expression; a leaf is the text of a reference. */
export type SetExpression = { reference: string } | { op: SetOperation; left: SetExpression; right: SetExpression }

const OPERATIONS: readonly string[] = ['union', 'intersect', 'minus']
const MAX_DEPTH = 64

/** Parse an expression; INVALID_SPEC where an operand, operation or parenthesis is missing. All operations bind alike. */
export function parseSetExpression(text: string): SetExpression {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? []
  let at = 0

  const expression = (depth: number): SetExpression => {
    if (depth > MAX_DEPTH) throw fault('has more than 64 nested parentheses')
    let left = operand(depth)
    while (at < tokens.length && tokens[at] !== ')') {
      const op = tokens[at++]
      if (!OPERATIONS.includes(op)) throw fault(`has ${op} where union, intersect or minus must be`)
      left = { op: op as SetOperation, left, right: operand(depth) }
    }
    return left
  }

  const operand = (depth: number): SetExpression => {
    const token = tokens[at++]
    if (token === undefined) throw fault('ends where a RunSet must be')
    if (token === '(') {
      const inside = expression(depth + 1)
      if (tokens[at++] !== ')') throw fault('has a parenthesis that is not closed')
      return inside
    }
    if (token === ')' || OPERATIONS.includes(token)) throw fault(`has ${token} where a RunSet must be`)
    return { reference: token }
  }

  const parsed = expression(0)
  if (at < tokens.length) throw fault('has a parenthesis that was never opened')
  return parsed
}

function fault(message: string): Error {
  return invalidSpec([{ pointer: 'expr', message }])
}
