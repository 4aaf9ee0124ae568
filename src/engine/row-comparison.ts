/** Two tables of rows (fills, trials) matched by a key: what is on one side alone, what is on both with other values. Pure. */

/** A column in compact form; a missing value is NaN, of a text the code −1. Times are epoch ms. */
export type RowColumn =
  | { kind: 'number' | 'time'; values: Float64Array }
  | { kind: 'text'; codes: Int32Array; words: readonly string[] }

export interface RowTable {
  rows: number
  columns: ReadonlyMap<string, RowColumn>
}

/** How rows are matched. */
export interface RowMatching {
  /** Columns that both tables have. */
  key: readonly string[]
  /** Of rows with the same key, those with the same value here are matched first, then the others, each in their order. */
  prefer?: string
  /** Columns that are shown of changed rows but change none, such as the number of a row. */
  beside?: readonly string[]
  /** Rows of each kind that are kept; all are counted. */
  listed: number
}

/** A pair of matched rows with other values, by row numbers from 0. */
export interface ChangedPair {
  a: number
  b: number
  /** Columns that differ, those beside them included. */
  fields: string[]
}

export interface RowComparison {
  same: number
  changed: number
  onlyA: number
  onlyB: number
  /** First row in the order of the key that is not the same on both sides; null of `a` or `b`: that side has none. */
  firstDivergence: { a: number | null; b: number | null } | null
  /** Columns that differ in matched rows: how often, and the largest absolute difference, null for text and where a value is missing each time. */
  fields: { field: string; rows: number; largest: number | null }[]
  listed: { changed: ChangedPair[]; onlyA: number[]; onlyB: number[] }
  columnsOnlyA: string[]
  columnsOnlyB: string[]
}

/** A column of both tables in one code: equal values are equal numbers. Texts are ordered as they first appear, in A, then in B. */
interface SharedColumn {
  name: string
  numeric: boolean
  a: Float64Array | Int32Array
  b: Float64Array | Int32Array
}

/** Match and compare; time grows with the rows of both times its logarithm. */
export function compareRows(
  a: RowTable,
  b: RowTable,
  { key, prefer, beside = [], listed }: RowMatching,
): RowComparison {
  const names = [...a.columns.keys()]
  const shared = (name: string) => sharedColumn(name, a.columns.get(name)!, b.columns.get(name)!)
  const keys = key.map(shared)
  const values = names.filter(name => b.columns.has(name) && !key.includes(name))
  const compared = values.filter(name => !beside.includes(name)).map(shared)
  const preferred = compared.find(({ name }) => name === prefer)
  const tally = new Tally(compared, values.filter(name => beside.includes(name)).map(shared), listed)
  const [orderA, orderB] = [
    ordered(
      keys.map(column => column.a),
      a.rows,
    ),
    ordered(
      keys.map(column => column.b),
      b.rows,
    ),
  ]
  let [i, j] = [0, 0]
  while (i < orderA.length || j < orderB.length) {
    const sign = i === orderA.length ? 1 : j === orderB.length ? -1 : keySign(keys, orderA[i], orderB[j])
    if (sign < 0) tally.only(orderA[i++], null)
    else if (sign > 0) tally.only(null, orderB[j++])
    else {
      const [endA, endB] = [groupEnd(keys, 'a', orderA, i), groupEnd(keys, 'b', orderB, j)]
      matchGroup(orderA.subarray(i, endA), orderB.subarray(j, endB), preferred, tally)
      i = endA
      j = endB
    }
  }
  return {
    ...tally.result(),
    columnsOnlyA: names.filter(name => !b.columns.has(name)),
    columnsOnlyB: [...b.columns.keys()].filter(name => !a.columns.has(name)),
  }
}

/** The value of a cell as it was: number, text or null; of a time its epoch ms. */
export function cellAt(column: RowColumn, row: number): number | string | null {
  if (column.kind === 'text') return column.words[column.codes[row]] ?? null
  return Number.isNaN(column.values[row]) ? null : column.values[row]
}

/** Rows with one key, linear in their number. */
function matchGroup(a: Uint32Array, b: Uint32Array, preferred: SharedColumn | undefined, tally: Tally): void {
  if (a.length === 1 && b.length === 1) {
    tally.pair(a[0], b[0])
    return
  }
  const waiting = new Map<number, number[]>()
  const preference = (side: 'a' | 'b', row: number) => (preferred === undefined ? 0 : preferred[side][row])
  for (let k = b.length - 1; k >= 0; k--) {
    const value = preference('b', b[k])
    const rows = waiting.get(value)
    if (rows === undefined) waiting.set(value, [b[k]])
    else rows.push(b[k])
  }
  const left: number[] = []
  for (const row of a) {
    const partner = waiting.get(preference('a', row))?.pop()
    if (partner === undefined) left.push(row)
    else tally.pair(row, partner)
  }
  const right = [...waiting.values()].flat().sort((x, y) => x - y)
  for (let k = 0; k < Math.max(left.length, right.length); k++) {
    if (k < left.length && k < right.length) tally.pair(left[k], right[k])
    else tally.only(left[k] ?? null, right[k] ?? null)
  }
}

/** Counts while rows are matched in the order of the key. */
class Tally {
  readonly #columns: readonly SharedColumn[]
  readonly #beside: readonly SharedColumn[]
  readonly #listed: number
  readonly #differing: Float64Array
  readonly #largest: Float64Array
  #first: RowComparison['firstDivergence'] = null
  #same = 0
  #changed: ChangedPair[] = []
  #changedCount = 0
  #only = { a: [] as number[], b: [] as number[] }
  #onlyCount = { a: 0, b: 0 }

  constructor(columns: readonly SharedColumn[], beside: readonly SharedColumn[], listed: number) {
    this.#columns = columns
    this.#beside = beside
    this.#listed = listed
    this.#differing = new Float64Array(columns.length)
    this.#largest = new Float64Array(columns.length)
  }

  pair(a: number, b: number): void {
    let differs = false
    for (let k = 0; k < this.#columns.length; k++) {
      const [x, y] = [this.#columns[k].a[a], this.#columns[k].b[b]]
      if (isSame(x, y)) continue
      differs = true
      this.#differing[k]++
      if (Math.abs(y - x) > this.#largest[k]) this.#largest[k] = Math.abs(y - x)
    }
    if (!differs) {
      this.#same++
      return
    }
    this.#first ??= { a, b }
    if (this.#changedCount++ < this.#listed) {
      const differing = [...this.#beside, ...this.#columns].filter(column => !isSame(column.a[a], column.b[b]))
      const fields = differing.map(({ name }) => name)
      this.#changed.push({ a, b, fields })
    }
  }

  only(a: number | null, b: number | null): void {
    this.#first ??= { a, b }
    const side = a === null ? 'b' : 'a'
    if (this.#onlyCount[side]++ < this.#listed) this.#only[side].push((a ?? b) as number)
  }

  result(): Omit<RowComparison, 'columnsOnlyA' | 'columnsOnlyB'> {
    const fields = this.#columns.flatMap(({ name, numeric }, k) =>
      this.#differing[k] === 0
        ? []
        : [
            {
              field: name,
              rows: this.#differing[k],
              largest: numeric && this.#largest[k] > 0 ? this.#largest[k] : null,
            },
          ],
    )
    return {
      same: this.#same,
      changed: this.#changedCount,
      onlyA: this.#onlyCount.a,
      onlyB: this.#onlyCount.b,
      firstDivergence: this.#first,
      fields,
      listed: { changed: this.#changed, onlyA: this.#only.a, onlyB: this.#only.b },
    }
  }
}

/** Signed zeros are one value: a text file does not tell them apart. */
function isSame(x: number, y: number): boolean {
  return x === y || (Number.isNaN(x) && Number.isNaN(y))
}

function sharedColumn(name: string, a: RowColumn, b: RowColumn): SharedColumn {
  if (a.kind !== 'text' && b.kind !== 'text') return { name, numeric: true, a: a.values, b: b.values }
  const [left, right] = [textColumn(a), textColumn(b)]
  const places = new Map<string, number>()
  for (const words of [left.words, right.words])
    for (const word of words) if (!places.has(word)) places.set(word, places.size)
  const coded = ({ codes, words: own }: TextColumn) => {
    const place = Int32Array.from(own, word => places.get(word) as number)
    return codes.map(code => (code < 0 ? -1 : place[code]))
  }
  return { name, numeric: false, a: coded(left), b: coded(right) }
}

type TextColumn = Extract<RowColumn, { kind: 'text' }>

/** A column of numbers as the texts that read back to them. */
function textColumn(column: RowColumn): TextColumn {
  if (column.kind === 'text') return column
  const known = new Map<number, number>()
  const words: string[] = []
  const codes = Int32Array.from(column.values, value => {
    if (Number.isNaN(value)) return -1
    const code = known.get(value) ?? words.push(String(value)) - 1
    known.set(value, code)
    return code
  })
  return { kind: 'text', codes, words }
}

/** Rows in the order of the key, equal ones in the order of the table. */
function ordered(keys: readonly (Float64Array | Int32Array)[], rows: number): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row)
  const compare = (x: number, y: number) => {
    for (const key of keys) {
      const sign = valueSign(key[x], key[y])
      if (sign !== 0) return sign
    }
    return x - y
  }
  // Tables of fills mostly are in order already.
  for (let row = 1; row < rows; row++) if (compare(row - 1, row) > 0) return order.sort(compare)
  return order
}

function keySign(keys: readonly SharedColumn[], a: number, b: number): number {
  for (const key of keys) {
    const sign = valueSign(key.a[a], key.b[b])
    if (sign !== 0) return sign
  }
  return 0
}

/** Missing values come first. */
function valueSign(x: number, y: number): number {
  if (x === y) return 0
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(y)) - Number(Number.isNaN(x))
  return x < y ? -1 : 1
}

function groupEnd(keys: readonly SharedColumn[], side: 'a' | 'b', order: Uint32Array, from: number): number {
  let to = from + 1
  while (to < order.length && keys.every(key => valueSign(key[side][order[to]], key[side][order[from]]) === 0)) to++
  return to
}
