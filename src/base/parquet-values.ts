/** Decoded Parquet values → columns of a `Table`: numbers as Float64Array, instants as epoch ms, null as NaN. */

import { fail } from './errors.ts'
import type { Cell, Column } from './table.ts'

/** What a Parquet column holds, as far as a `Table` can say it. */
export type ParquetKind = 'number' | 'timestamp' | 'text' | 'boolean' | 'unsupported'

/** How the physical values of one column become cells. */
export interface ValueForm {
  kind: ParquetKind
  /** Physical units in a millisecond (micros 1e3, nanos 1e6), of a timestamp. */
  perMs?: number
  /** Milliseconds in a physical unit (days), of a date. */
  unitMs?: number
  /** Decimal places of an unscaled integer. */
  scale?: number
}

type Decoded = ArrayLike<unknown>

/**
 * Join the decoded pages of one column, `rows` long in all. A null is NaN in a numeric column and null in any other.
 * Throws DATA_ERROR for an integer beyond ±2^53, which a float64 cannot hold.
 */
export function joinColumn(name: string, form: ValueForm, pages: readonly Decoded[], rows: number): Column {
  if (form.kind === 'text' || form.kind === 'boolean') return joinCells(pages, rows)
  if (pages.length === 1 && pages[0].length === rows && pages[0] instanceof Float64Array && isPlain(form)) {
    return pages[0]
  }
  const out = new Float64Array(rows)
  let at = 0
  for (const page of pages) {
    if (page instanceof BigInt64Array && form.scale === undefined && (form.perMs ?? 1) === 1) fromInt64(page, out, at)
    else if (isFloats(page) && isPlain(form)) out.set(page, at)
    else for (let i = 0; i < page.length; i++) out[at + i] = numberOf(page[i], form)
    at += page.length
  }
  refuseUnsafe(name, form, pages, out)
  return out
}

function isPlain(form: ValueForm): boolean {
  return form.scale === undefined && form.perMs === undefined && form.unitMs === undefined
}

function isFloats(page: Decoded): page is Float64Array | Float32Array | Int32Array | Uint32Array {
  return (
    page instanceof Float64Array ||
    page instanceof Float32Array ||
    page instanceof Int32Array ||
    page instanceof Uint32Array
  )
}

function joinCells(pages: readonly Decoded[], rows: number): Cell[] {
  const out = new Array<Cell>(rows)
  let at = 0
  for (const page of pages) for (let i = 0; i < page.length; i++) out[at++] = (page[i] ?? null) as Cell
  return out
}

/** Two 32-bit halves are ten times quicker to read than a BigInt, and exact up to ±2^53. */
function fromInt64(page: BigInt64Array, out: Float64Array, at: number): void {
  const low = new Uint32Array(page.buffer, page.byteOffset, page.length * 2)
  const high = new Int32Array(page.buffer, page.byteOffset, page.length * 2)
  for (let i = 0; i < page.length; i++) out[at + i] = high[2 * i + 1] * 4294967296 + low[2 * i]
}

function numberOf(value: unknown, form: ValueForm): number {
  if (value === null || value === undefined) return Number.NaN
  if (form.scale !== undefined) return decimalOf(value, form.scale)
  if (form.perMs !== undefined && form.perMs > 1) return instantOf(value as bigint, form.perMs)
  if (form.unitMs !== undefined) return Number(value) * form.unitMs
  return Number(value)
}

/** Epoch ms of a finer instant; a part of a millisecond stays as a fraction, so that no two instants become one. */
function instantOf(value: bigint, perMs: number): number {
  const unit = BigInt(perMs)
  const rest = value % unit
  return Number((value - rest) / unit) + Number(rest) / perMs
}

/** The float64 nearest to unscaled · 10^-scale: decimal text is rounded once, a product with 0.01 twice. */
function decimalOf(value: unknown, scale: number): number {
  const unscaled = value instanceof Uint8Array ? bigEndian(value) : (value as number | bigint)
  return Number(`${unscaled}e-${scale}`)
}

function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.length * 8, value)
}

function refuseUnsafe(name: string, form: ValueForm, pages: readonly Decoded[], out: Float64Array): void {
  if (form.scale !== undefined || !pages.some(holdsIntegers)) return
  for (let row = 0; row < out.length; row++) {
    if (Math.abs(out[row]) > Number.MAX_SAFE_INTEGER) {
      throw fail('DATA_ERROR', {
        message: `Column ${name}, row ${row + 1}: an integer beyond ±2^53 cannot be held exactly; store it as text`,
      })
    }
  }
}

function holdsIntegers(page: Decoded): boolean {
  if (page instanceof BigInt64Array || page instanceof BigUint64Array) return true
  return Array.isArray(page) && page.some(value => typeof value === 'bigint')
}
