/** What the patterns of requests ask for, in words and with examples. */

const FORMS: ReadonlyMap<string, string> = new Map([
  [
    String.raw`^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$`,
    'an ISO date or instant such as 2023-01-31 or 2023-01-31T09:30Z',
  ],
  [String.raw`^[1-9]\d{0,3}(m|h|d|w|M)$`, 'a bar size such as 5m, 1h, 1d, 1w or 1M (M is months)'],
  [
    '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$',
    'at most 128 letters, digits, dots, hyphens and underscores, beginning with a letter or digit',
  ],
  [
    '^[A-Za-z0-9^$][A-Za-z0-9^$._:/=+@&-]{0,63}$',
    'at most 64 of the characters of ticker symbols: letters, digits and ^ $ . _ : / = + @ & -',
  ],
  ['^[a-z][a-z0-9_]{0,31}$', 'at most 32 lower-case letters, digits and underscores, beginning with a letter'],
  ['^[0-9a-f]{32}$', '32 lower-case hexadecimal digits'],
  ['^[0-9a-f]{64}$', '64 lower-case hexadecimal digits'],
])

/** `must be a bar size such as …` for a known pattern, else the pattern itself. */
export function patternMessage(pattern: string): string {
  const form = FORMS.get(pattern)
  return form === undefined ? `must match the pattern ${pattern}` : `must be ${form}`
}
