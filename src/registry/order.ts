/** Order of text by UTF-16 code unit: the same under every locale, and that of RFC 8785. */

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
