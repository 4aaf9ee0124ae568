/** Markdown text: padded pipe tables, fenced blocks and code spans in which no value can become markup. */

/** Digits a number keeps in a table; the exact value stands in the JSON file beside it. */
const SIGNIFICANT_DIGITS = 6

/** Text that is printable as it stands, which nearly all texts are: of characters beyond the first plane it says nothing. */
const PLAIN = /^[ -~\u00a0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd]*$/

/** Text on one line with every control, reordering or unpaired character shown as U+FFFD; line ends and tabs become a space. */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : replaced(text.replace(/\r\n|[\n\r\t]/g, ' '))
}

/**
 * C0 and C1 controls, line and paragraph separators, bidirectional overrides, non-characters, lone surrogates: none may reach
 * a document, where they hide or reorder text, or make XML unreadable.
 */
function replaced(text: string): string {
  // In here, because the names of Unicode properties take a millisecond to look up and most texts are plain.
  const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Noncharacter_Code_Point}\p{Surrogate}]/gu
  return text.replace(unprintable, '\ufffd')
}

/** Text in which nothing is markup. */
const UNMARKED = /^[\w .,:;+=/()%-]*$/

/** Escape text for a Markdown line or table cell: HTML, pipes, links and pictures stay visible characters. */
export function markdownText(text: string): string {
  if (UNMARKED.test(text)) return text
  return printable(text)
    .replaceAll('\\', '\\\\')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('|', '\\|')
    .replaceAll('`', '\\`')
    .replaceAll('](', ']\\(')
}

/** A code span that holds any text, backticks included. */
export function codeSpan(text: string): string {
  const inside = printable(text)
  const fence = '`'.repeat(longestRun(inside) + 1)
  const pad = inside.startsWith('`') || inside.endsWith('`') || inside === '' ? ' ' : ''
  return fence + pad + inside + pad + fence
}

/** A fenced code block of one language; the fence is longer than any run of backticks inside. */
export function fencedBlock(language: string, text: string): string {
  const lines = text.split(/\r\n|\r|\n/).map(line => (PLAIN.test(line) ? line : replaced(line)))
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}${language}\n${lines.join('\n')}\n${fence}`
}

/** A number with six significant digits as C's `%g` writes it (`-0.487368`, `1e-05`); integers in full, empty when not finite. */
export function generalNumber(value: number): string {
  if (!Number.isFinite(value)) return ''
  if (Number.isSafeInteger(value)) return String(value)
  const [mantissa, exponent] = value.toExponential(SIGNIFICANT_DIGITS - 1).split('e')
  const power = Number(exponent)
  if (power < -4 || power >= SIGNIFICANT_DIGITS) {
    const digits = String(Math.abs(power)).padStart(2, '0')
    return `${withoutTrailingZeros(mantissa)}e${power < 0 ? '-' : '+'}${digits}`
  }
  return withoutTrailingZeros(value.toFixed(SIGNIFICANT_DIGITS - 1 - power))
}

/**
 * A pipe table padded for reading: number columns right-aligned on the decimal point, others left. Missing values and
 * NaN print as `missing` (empty unless given), objects as JSON. The text has no line end after its last row.
 */
export function markdownTable(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
  missing = '',
): string {
  const drawn = columns.map(name => tableColumn(name, rows, missing))
  const lines = [drawn.map(column => ` ${column.head} `), drawn.map(column => column.rule)]
  for (let row = 0; row < rows.length; row++) lines.push(drawn.map(column => ` ${column.cells[row]} `))
  return lines.map(cells => `|${cells.join('|')}|`).join('\n')
}

interface DrawnColumn {
  head: string
  rule: string
  cells: string[]
}

function tableColumn(name: string, rows: readonly Readonly<Record<string, unknown>>[], missing: string): DrawnColumn {
  const values = rows.map(row => row[name])
  const present = values.filter(value => !isMissing(value))
  const numeric = present.length > 0 && present.every(value => typeof value === 'number')
  const head = markdownText(name)
  let cells = values.map(value => (isMissing(value) ? missing : cellText(value)))
  if (numeric) cells = alignedOnPoint(cells)
  // Two more than the heading: the width that published reports use.
  const width = Math.max(length(head) + 2, ...cells.map(length))
  const dashes = '-'.repeat(width + 1)
  return {
    head: padded(head, width, numeric),
    rule: numeric ? `${dashes}:` : `:${dashes}`,
    cells: cells.map(cell => padded(cell, width, numeric)),
  }
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value))
}

function cellText(value: unknown): string {
  if (typeof value === 'number') return generalNumber(value)
  if (typeof value === 'string') return markdownText(value)
  return markdownText(JSON.stringify(value) ?? '')
}

/** Pad number texts on the right until their decimal points stand in one line. */
function alignedOnPoint(cells: string[]): string[] {
  const after = cells.map(cell => {
    const point = cell.includes('.') ? cell.indexOf('.') : cell.indexOf('e')
    return point < 0 ? -1 : cell.length - point - 1
  })
  const most = Math.max(-1, ...after)
  return cells.map((cell, index) => cell + ' '.repeat(most - after[index]))
}

function padded(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(width - length(text))
  return right ? space + text : text + space
}

/** In characters, of which one takes two code units where it is beyond the first plane. */
function length(text: string): number {
  if (!/[\ud800-\udbff]/.test(text)) return text.length
  let count = 0
  for (const _ of text) count++
  return count
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length))
}

function withoutTrailingZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
