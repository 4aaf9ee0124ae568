/** JSON data as YAML text that YAML 1.1 and 1.2 readers understand alike: block style, keys in code-unit order. */

/** Words that stand for a truth value or nothing in some version of YAML. */
const RESERVED = /^(?:true|false|yes|no|on|off|null|y|n)$/i

/** The YAML text of plain JSON data, with a newline at its end; dates and all that is no plain word are quoted. */
export function yamlText(value: unknown): string {
  if (isBlock(value)) return `${blockLines(value).join('\n')}\n`
  return `${flow(value)}\n`
}

function blockLines(value: object): string[] {
  if (Array.isArray(value)) return value.flatMap(item => entryLines('-', item, true))
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, item]) => entryLines(`${plainText(key)}:`, item, false))
}

/** A member or an item: a single value beside its mark, a block below it, or for an item of a list beginning beside its mark. */
function entryLines(mark: string, value: unknown, inList: boolean): string[] {
  if (!isBlock(value)) return [`${mark} ${flow(value)}`]
  const lines = blockLines(value)
  if (!inList) return [mark, ...lines.map(line => `  ${line}`)]
  return lines.map((line, index) => `${index === 0 ? `${mark} ` : '  '}${line}`)
}

function isBlock(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function flow(value: unknown): string {
  if (typeof value === 'string') return plainText(value)
  if (typeof value === 'number') return numberText(value)
  return JSON.stringify(value ?? null)
}

/** 1e-7 is text to YAML 1.1, which wants a point in the mantissa and a sign in the exponent. */
function numberText(value: number): string {
  const text = String(value)
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text
}

/** A word as it is; other printable text in single quotes, the rest as JSON, which YAML reads too. */
function plainText(text: string): string {
  if (/^[A-Za-z_][\w/]*(?:[-.][\w/]+)*$/.test(text) && !RESERVED.test(text)) return text
  return /^[ -~]*$/.test(text) ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text)
}
