/** A lake of its own for each test: a temporary root, price files written by hand, and the error of a refused registration. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { GatewayError } from '../../src/base/errors.ts'
import { registerDataset } from '../../src/lake/datasets.ts'
import type { RegisterParams } from '../../src/lake/draft.ts'

export const DAY = 86_400_000
export const NOW = Date.UTC(2026, 0, 1)

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

/** A fresh root; removed after the test. */
export function newRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'lake-'))
  roots.push(root)
  return root
}

/** Write a file below the root and give its path. */
export function file(root: string, name: string, content: string | Uint8Array): string {
  const path = join(root, name)
  writeFileSync(path, content)
  return path
}

/** CSV of daily bars that rise by one: date, open, high, low, close, volume; `from` is a day since 1970. */
export function dailyCsv(rows: number, from = 18_262, skip: (row: number) => boolean = () => false): string {
  const lines = ['date,open,high,low,close,volume']
  for (let i = 0; i < rows; i++) {
    if (skip(i)) continue
    const date = new Date((from + i) * DAY).toISOString().slice(0, 10)
    lines.push(`${date},${10 + i},${12 + i},${9 + i},${11 + i},${100 * i}`)
  }
  return `${lines.join('\n')}\n`
}

export const register = (root: string, params: RegisterParams, now = NOW) => registerDataset(root, params, { now })

/** The error of an action that must fail. */
export async function failure(action: Promise<unknown>): Promise<GatewayError> {
  try {
    await action
  } catch (error) {
    return error as GatewayError
  }
  throw new Error('it should have failed')
}
