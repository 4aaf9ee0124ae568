/** Files that a pattern names: `*` and `?` within a name, `**` for any number of folders. */

import { type Dirent, readdirSync, statSync } from 'node:fs'
import { join, parse, sep } from 'node:path'
import { hasCode } from './files.ts'

/** True for a path with a wildcard. */
export function isPattern(path: string): boolean {
  return /[*?]/.test(path)
}

/**
 * The files that an absolute pattern matches, sorted by code unit. A wildcard matches no leading dot, and `**` follows no links, so
 * that it ends. A folder that may not be read holds no match.
 */
export function matchingFiles(pattern: string): string[] {
  const { root } = parse(pattern)
  const segments = pattern.slice(root.length).split(sep).filter(Boolean)
  const found = new Set<string>()
  walk(root, segments, found)
  return [...found].sort()
}

function walk(folder: string, segments: readonly string[], found: Set<string>): void {
  const [segment, ...rest] = segments
  if (segment === undefined) return
  if (segment === '**') {
    // A pattern that ends in ** means every file below.
    walk(folder, rest.length === 0 ? ['*'] : rest, found)
    for (const entry of entriesOf(folder))
      if (entry.isDirectory() && !entry.name.startsWith('.')) walk(join(folder, entry.name), segments, found)
    return
  }
  const names = isPattern(segment)
    ? entriesOf(folder).flatMap(({ name }) => (expressionOf(segment).test(name) ? [name] : []))
    : [segment]
  for (const name of names) {
    const path = join(folder, name)
    if (rest.length > 0) walk(path, rest, found)
    else if (isFile(path)) found.add(path)
  }
}

function expressionOf(segment: string): RegExp {
  const body = segment
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const dots = segment.startsWith('.') ? '' : String.raw`(?!\.)`
  return new RegExp(`^${dots}${body}$`, 'su')
}

function entriesOf(folder: string): Dirent[] {
  return reading(() => readdirSync(folder, { withFileTypes: true }), [])
}

/** True for a file, or a link to one. */
export function isFile(path: string): boolean {
  return reading(() => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false, false)
}

function reading<T>(action: () => T, otherwise: T): T {
  try {
    return action()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].some(code => hasCode(error, code))) return otherwise
    throw error
  }
}
