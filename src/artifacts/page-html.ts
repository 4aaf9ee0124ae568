/** One self-contained HTML page: style, data, charting library and script inlined; no network, byte-stable for equal input. */

import { createHash } from 'node:crypto'
import { chartLibrary } from './page-library.ts'
import { type Markup, markup, textOf, trusted } from './page-markup.ts'
import { PAGE_SCRIPT } from './page-script.ts'
import { PAGE_STYLE } from './page-style.ts'

/** One block of a page, linked from its head; `heading` is escaped. */
export interface PageSection {
  /** Anchor: letters, digits and dashes. */
  id: string
  heading: string
  /** Text below the heading. */
  note?: string
  body: Markup
  /** Stands beside the next section of the same kind where the window is wide enough. */
  half?: boolean
}

/** What the charts of a page draw; must be JSON without NaN. */
export interface PageData {
  /** Columns that charts name in `columns`. */
  columns: Record<string, readonly (number | string | null)[]>
  /** Chart options by the id of their place (`chartPlace`). */
  charts: Record<string, object>
}

/** A whole page. */
export interface PageInput {
  title: string
  /** Line below the title. */
  lead: string
  sections: readonly PageSection[]
  data: PageData
  /** Line at the end; by default that ratios are shown as percent. */
  footer?: string
  /** Own code of a page, after the common script; written by the program, never made from data. */
  script?: string
}

/** The HTML text of a page; all text in it is escaped, and only its own scripts can run (Content-Security-Policy with their hashes). */
export function htmlPage(input: PageInput): string {
  const scripts = [chartLibrary(), PAGE_SCRIPT, ...(input.script ? [input.script] : [])].map(inlineScript)
  const policy = [
    "default-src 'none'",
    // Where hashes are understood they take the place of 'unsafe-inline': no other script runs.
    `script-src 'unsafe-inline' ${scripts.map(hashSource).join(' ')}`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const links = input.sections.map(({ id, heading }) => markup`<a href="#${id}">${heading}</a>`)
  return textOf(markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${input.title}</title>
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
<header>
<h1>${input.title}</h1>
<p class="lead">${input.lead}</p>
<nav aria-label="Sections">${links}</nav>
</header>
<main>
<noscript><p class="note">The charts need JavaScript; the tables below are complete without it.</p></noscript>
${grouped(input.sections)}</main>
<footer>${input.footer ?? 'All times are UTC. Ratios are shown as percent.'}</footer>
<script type="application/json" id="page-data">${trusted(jsonText(input.data))}</script>
${scripts.map(
  script => markup`<script>${trusted(script)}</script>
`,
)}</body>
</html>
`)
}

/** Sections in order, neighbouring half-width ones side by side. */
function grouped(sections: readonly PageSection[]): Markup[] {
  const blocks: Markup[] = []
  for (let i = 0; i < sections.length; i++) {
    if (!sections[i].half) {
      blocks.push(sectionMarkup(sections[i]))
      continue
    }
    const row: Markup[] = []
    for (; i < sections.length && sections[i].half; i++) row.push(sectionMarkup(sections[i]))
    i--
    blocks.push(markup`<div class="columns">
${row}</div>
`)
  }
  return blocks
}

function sectionMarkup({ id, heading, note, body }: PageSection): Markup {
  const below = note ? markup`<p class="note">${note}</p>` : null
  return markup`<section id="${id}" aria-label="${heading}"><h2>${heading}</h2>${below}
${body}
</section>
`
}

/** JSON that cannot end its script element or begin a comment in it. */
function jsonText(data: PageData): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

/** JavaScript that cannot end its script element; line ends as the HTML parser will see them, so that the hash holds. */
function inlineScript(code: string): string {
  return code
    .replaceAll('\r\n', '\n')
    .replace(/<\/(script)/gi, '<\\/$1')
    .replaceAll('<!--', '<\\!--')
}

function hashSource(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`
}
