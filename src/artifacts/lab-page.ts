/** A report of the lab as a page: self-contained, without a script, the same bytes for the same report. */

import type { LabReportDocument, LabTable } from '../../contracts/types.ts'
import { generalNumber } from '../base/markdown.ts'
import { calendarPicture, calendarsOf } from './lab-calendar.ts'
import { BANNER, type LabPiece, type LabReport } from './lab-pieces.ts'
import { cutText, provenanceRows } from './lab-report.ts'
import { type Markup, markup, textOf, trusted } from './page-markup.ts'
import { PAGE_STYLE } from './page-style.ts'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
const STYLE = `${PAGE_STYLE}.banner{background:rgb(var(--loss));color:#fff;border-radius:6px;padding:8px 14px;font-weight:650;margin:14px 0}
.calendar svg{max-width:100%;height:auto}h3{font-size:14px;margin:14px 0 6px}p{margin:8px 0}.gap{margin:8px 0 14px}`

/** The HTML text of a report. */
export function labPage({ document: report, pieces }: LabReport): string {
  const banner = report.mode === 'exploratory' ? markup`<p class="banner" role="note">${BANNER}</p>` : null
  return textOf(markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${report.title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<header>
<h1>${report.title}</h1>
<p class="lead">${report.provenance.map(({ reference, runCount }) => `${reference} (${runCount} runs)`).join(' · ')}</p>
${banner}</header>
<main>
${sectionsOf(pieces)}${provenance(report)}
</main>
<footer>${banner}All times are UTC. Ratios are fractions: 0.12 is 12 %.</footer>
</body>
</html>
`)
}

/** A heading of the second level begins a section; the first-level one is the page's title already. */
function sectionsOf(pieces: readonly LabPiece[]): Markup[] {
  const sections: Markup[][] = [[]]
  for (const piece of pieces) {
    if (piece.kind !== 'text') sections[sections.length - 1].push(pieceMarkup(piece.kind, piece.table))
    else
      for (const block of blocksOf(piece.text)) {
        if (block.heading === 1) continue
        if (block.heading === 2) sections.push([])
        sections[sections.length - 1].push(block.body)
      }
  }
  return sections
    .filter(parts => parts.length > 0)
    .map(
      parts => markup`<section>${parts}</section>
`,
    )
}

function pieceMarkup(kind: 'table' | 'calendar', table: LabTable): Markup {
  if (kind === 'table') return tableMarkup(table)
  const calendars = calendarsOf(table)
  if (calendars.length === 0) return markup`<p class="note">No days.</p>`
  return markup`<div class="calendar">${calendars.map(
    calendar => markup`<div class="gap">${calendarPicture(calendar)}</div>`,
  )}</div>`
}

function tableMarkup(table: LabTable): Markup {
  if (table.rows.length === 0) return markup`<p class="note">No rows.</p>`
  const numeric = table.columns.map((_, at) => table.rows.every(row => row[at] === null || typeof row[at] === 'number'))
  const kind = (at: number) => (numeric[at] ? trusted(' class="number"') : null)
  const heads = table.columns.map(({ name }, at) => markup`<th scope="col"${kind(at)}>${name}</th>`)
  const rows = table.rows.map(
    row => markup`<tr>${row.map((cell, at) => markup`<td${kind(at)}>${cellText(cell)}</td>`)}</tr>
`,
  )
  const cut = table.truncated ? markup`<p class="note">${cutText(table)}</p>` : null
  return markup`<div class="scroll gap"><table><thead><tr>${heads}</tr></thead><tbody>
${rows}</tbody></table></div>${cut}`
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '–'
  if (typeof cell === 'number') return generalNumber(cell)
  return typeof cell === 'string' ? cell : JSON.stringify(cell)
}

interface Block {
  /** Level of a heading; 0 for anything else. */
  heading: number
  body: Markup
}

/** The Markdown that a template's text may use: headings, paragraphs, lists, quotes, code; anything else is its own text. */
function blocksOf(text: string): Block[] {
  return text
    .split(/\n{2,}/)
    .map(part => part.trim())
    .filter(part => part !== '')
    .flatMap(part => {
      const lines = part.split('\n')
      const heading = /^(#{1,6})\s+(.*)$/.exec(lines[0])
      if (heading === null) return [{ heading: 0, body: paragraph(lines) }]
      const level = heading[1].length
      const tag = trusted(level === 2 ? 'h2' : 'h3')
      const own: Block = { heading: level, body: markup`<${tag}>${inline(heading[2])}</${tag}>` }
      return lines.length === 1 ? [own] : [own, { heading: 0, body: paragraph(lines.slice(1)) }]
    })
}

function paragraph(lines: readonly string[]): Markup {
  if (lines[0].startsWith('```')) {
    return markup`<pre class="mono">${lines.slice(1, lines.at(-1)?.startsWith('```') ? -1 : undefined).join('\n')}</pre>`
  }
  if (lines.every(line => /^[-*] /.test(line)))
    return markup`<ul>${lines.map(line => markup`<li>${inline(line.slice(2))}</li>`)}</ul>`
  if (lines.every(line => line.startsWith('>'))) {
    return markup`<blockquote>${inline(lines.map(line => line.replace(/^> ?/, '')).join(' '))}</blockquote>`
  }
  return markup`<p>${inline(lines.join(' '))}</p>`
}

/** Code, strong and emphasised text; a backslash makes the character behind it plain. */
function inline(text: string): Markup[] {
  const parts = text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/)
  return parts.map((part, at) => {
    if (at % 2 === 0) return markup`${unescaped(part)}`
    if (part.startsWith('`')) return markup`<code>${part.slice(1, -1)}</code>`
    if (part.startsWith('**')) return markup`<strong>${unescaped(part.slice(2, -2))}</strong>`
    return markup`<em>${unescaped(part.slice(1, -1))}</em>`
  })
}

/** Markdown's escapes and entities as the characters that they stand for. */
function unescaped(text: string): string {
  return text
    .replace(/\\([\\`*_{}[\]()#+\-.!|])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

function provenance(report: LabReportDocument): Markup {
  const rows = provenanceRows(report)
  const names = Object.keys(rows[0] ?? {})
  const heads = names.map(name => markup`<th scope="col">${name}</th>`)
  const body = rows.map(row => markup`<tr>${names.map(name => markup`<td>${row[name] ?? '–'}</td>`)}</tr>`)
  const cited = report.provenance.flatMap(({ citation, verify }) =>
    citation === undefined ? [] : [markup`<p>${citation}<br><code>${verify}</code></p>`],
  )
  return markup`<section id="provenance"><h2>Provenance</h2>
<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>
<p>Template <code>${report.template}</code>, SHA-256 <code>${report.templateHash.slice(0, 16)}</code></p>
${cited}</section>`
}
