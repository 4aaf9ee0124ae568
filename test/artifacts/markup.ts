/** Checks of markup text for the tests of pictures and pages. */

import { expect } from 'vitest'

/** A name with everything that could break out of text, attribute, script, comment or XML. */
export const HOSTILE = `"'><script>alert(1)</script><img src=x onerror="alert(1)"><!-- ]]> | \`x\` &amp; \u0000\u001b[31m\u202e\ud800`

/** Expect well-formed XML: tags balanced, attributes quoted, no bare `&` or `<`, no character that XML forbids. */
export function expectWellFormed(xml: string): void {
  expect(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/.exec(xml.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ''))?.[0]).toBe(
    undefined,
  )
  const open: string[] = []
  const rest = xml.replace(
    /<(\/?)([a-zA-Z][\w]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, closes, name, __, empty) => {
      if (closes) expect(name).toBe(open.pop())
      else if (!empty) open.push(name)
      return ''
    },
  )
  expect(open).toEqual([])
  expect(/[<>]/.exec(rest)).toBe(null)
  expect(/&(?!amp;|lt;|gt;|quot;|#39;)/.exec(xml)).toBe(null)
}
