/** Canonical JSON (RFC 8785) and SHA-256; refuses what JSON cannot say exactly. The only door to `canonicalize`. */

import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** RFC 8785 text of plain JSON data; throws TypeError for NaN, infinities, undefined array items, typed arrays and lone surrogates. */
export function canonicalJson(value: unknown): string {
  refuseUnsayable(value, '')
  return (canonicalize as unknown as (value: unknown) => string)(value)
}

/** Lower-case hex SHA-256 of UTF-8 text or bytes. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex')
}

/** SHA-256 of the canonical JSON of a value. */
export function hashOf(value: unknown): string {
  return sha256Hex(canonicalJson(value))
}

/** Little-endian bytes of a float64 column: what equity and price columns are hashed from. */
export function float64Bytes(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
}

function refuseUnsayable(value: unknown, pointer: string): void {
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError(`lone surrogate at ${pointer || '/'}`)
    return
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`non-finite number at ${pointer || '/'}`)
    return
  }
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      refuseUnsayable(item, `${pointer}/${index}`)
    })
    return
  }
  if (typeof value !== 'object' || ArrayBuffer.isView(value)) throw new TypeError(`not JSON at ${pointer || '/'}`)
  for (const [key, item] of Object.entries(value)) {
    // An absent optional field is left out, as JSON.stringify does.
    if (item !== undefined) refuseUnsayable(item, `${pointer}/${key}`)
  }
}
