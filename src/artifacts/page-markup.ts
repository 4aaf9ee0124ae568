/** Markup that is safe by construction: a template tag that escapes every value put into it. Used by pictures and pages. */

import { printable } from '../base/markdown.ts'

// A symbol, because no JSON document can hold one: data can never pass as finished markup.
const FINISHED = Symbol('finished markup')

/** Finished markup; only this type passes through the tag unescaped. */
export interface Markup {
  readonly [FINISHED]: string
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text made inert for element content and quoted attributes of HTML and SVG; control characters show as U+FFFD. */
export function escapeMarkup(text: string): string {
  return printable(text).replace(/[&<>"']/g, character => ENTITIES[character])
}

/** Template tag: literal parts are markup, values are escaped text; `Markup` and lists of it are put in as they are, null is nothing. */
export function markup(parts: TemplateStringsArray, ...values: readonly unknown[]): Markup {
  let text = parts[0]
  for (let i = 0; i < values.length; i++) text += inserted(values[i]) + parts[i + 1]
  return { [FINISHED]: text }
}

/** Take a text as finished markup; only for text that the program itself wrote. */
export function trusted(text: string): Markup {
  return { [FINISHED]: text }
}

/** The text of finished markup. */
export function textOf(finished: Markup): string {
  return finished[FINISHED]
}

function inserted(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(inserted).join('')
  if (typeof value === 'object' && FINISHED in value) return (value as Markup)[FINISHED]
  return escapeMarkup(String(value))
}
