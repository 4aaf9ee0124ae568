/** Standard input: one document, or an NDJSON session (an answer line for each request line, in order); the writer of standard output. */

import ndjson from 'ndjson'
import { MAX_REQUEST_BYTES, scanJson } from '../base/json.ts'
import type { Answer } from './dispatch.ts'

/** Writes text and waits while the pipe is full. */
export type Write = (text: string) => Promise<void>

/** How one request text is handled. */
export type Handle = (text: string) => Promise<Answer>

/**
 * Answer everything that comes on `input`; the exit code is that of the first failed request, else 0.
 *
 * The first line that is not blank decides: a complete JSON value, or what can begin none, starts a session; a proper prefix
 * of a value is the first line of one document. A request larger than the limit is refused without being held in memory.
 */
export async function answerInput(
  input: AsyncIterable<Uint8Array>,
  handle: Handle,
  write: Write,
  abort: AbortSignal,
): Promise<number> {
  let exitCode = 0
  let document: string[] | undefined
  let documentSize = 0
  let answered = 0
  const answer = async (text: string) => {
    const given = await handle(text)
    if (exitCode === 0) exitCode = given.exit_code
    answered++
    await write(lineOf(given))
  }
  for await (const line of linesOf(input)) {
    if (abort.aborted) break
    if (document !== undefined) {
      documentSize += line.length + 1
      // Past the limit only the size matters: the request will be refused for it.
      if (documentSize <= MAX_REQUEST_BYTES) document.push(line)
      continue
    }
    if (!/[^ \t\r]/.test(line)) continue
    if (answered === 0 && scanJson(line).state === 'prefix') {
      document = [line]
      documentSize = line.length
    } else await answer(line)
  }
  if (abort.aborted) return typeof abort.reason === 'number' ? abort.reason : exitCode
  if (document !== undefined)
    await answer(documentSize <= MAX_REQUEST_BYTES ? document.join('\n') : ' '.repeat(MAX_REQUEST_BYTES + 1))
  else if (answered === 0) await answer('')
  return exitCode
}

/** One answer as a line: the serialiser is that of ndjson. */
export function lineOf(answer: Answer): string {
  const stream = ndjson.stringify()
  stream.write(answer)
  return String(stream.read())
}

/** Lines of a byte stream, decoded as UTF-8; a line over the limit is cut to one byte more than it, so that it is refused for its size. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let parts: Uint8Array[] = []
  let size = 0
  const keep = (part: Uint8Array) => {
    if (size <= MAX_REQUEST_BYTES) parts.push(part)
    size += part.length
  }
  const line = () => {
    const text = size > MAX_REQUEST_BYTES ? ' '.repeat(MAX_REQUEST_BYTES + 1) + 'x' : decode(Buffer.concat(parts))
    parts = []
    size = 0
    return text
  }
  for await (const chunk of input) {
    let from = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      keep(chunk.subarray(from, end))
      yield line()
      from = end + 1
    }
    keep(chunk.subarray(from))
  }
  if (size > 0) yield line()
}

/** Bytes that are no UTF-8 become U+FFFD outside any string, so that the line is refused as JSON. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return '\uFFFD (not UTF-8)'
  }
}
