/** Faults of the rows of a data file: the first twenty with their places, and how many there are in all. */

import { type ErrorDetail, fail, type GatewayError } from './errors.ts'

const SHOWN = 20

/** Collects faults row by row and makes one error of them. */
export class RowFaults {
  readonly details: ErrorDetail[] = []
  count = 0

  /** `row` counts data rows from 1; `line`, of a text file, is the line an editor shows. */
  add(row: number, message: string, line?: number): void {
    this.count++
    if (this.details.length < SHOWN) {
      this.details.push({ pointer: `row ${row}`, message: line === undefined ? message : `line ${line}: ${message}` })
    }
  }

  /** The error for all of them, or null when there are none. */
  error(name: string, hint?: string): GatewayError | null {
    if (this.count === 0) return null
    const first = this.details[0]
    const more = this.count > this.details.length ? `, the first ${this.details.length} are listed` : ''
    const faults = this.count === 1 ? '1 fault' : `${this.count} faults${more}`
    const message = `${name}: ${faults}; ${first.pointer}: ${first.message}`
    return fail('DATA_ERROR', { message }, { details: this.details, hint })
  }
}
