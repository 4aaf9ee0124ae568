/** Strict JSON text: every fault that `JSON.parse` lets through is refused, and a cut-off text is told from a wrong one. */

import type { ErrorDetail } from './errors.ts'

export const MAX_REQUEST_BYTES = 8 * 1024 * 1024
export const MAX_DEPTH = 64

/** `prefix`: the text ends inside a value that could still be completed. */
export type JsonText =
  | { state: 'complete'; value: unknown; faults: ErrorDetail[] }
  | { state: 'prefix'; message: string; offset: number }
  | { state: 'invalid'; message: string; offset: number }

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

class Stop extends Error {
  readonly state: 'prefix' | 'invalid'
  readonly offset: number

  constructor(state: 'prefix' | 'invalid', message: string, offset: number) {
    super(message)
    this.state = state
    this.offset = offset
  }
}

/**
 * Scan one JSON value with nothing but white space around it. `faults` names what is valid JSON but refused here:
 * duplicate and dangerous keys, numbers that a double cannot hold. Depth over 64 is `invalid`.
 */
export function scanJson(text: string): JsonText {
  const scanner = new Scanner(text)
  try {
    scanner.document()
    // The value itself comes from the platform's parser: the scanner only judges.
    return { state: 'complete', value: JSON.parse(text), faults: scanner.faults }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    return { state: error.state, message: error.message, offset: error.offset }
  }
}

class Scanner {
  readonly text: string
  readonly faults: ErrorDetail[] = []
  #at = 0
  readonly #path: (string | number)[] = []

  constructor(text: string) {
    this.text = text
  }

  document(): void {
    this.#space()
    this.#value()
    this.#space()
    if (this.#at < this.text.length) throw this.#unexpected('after the end of the value')
  }

  #value(): void {
    if (this.#path.length > MAX_DEPTH) {
      throw new Stop('invalid', `nested deeper than ${MAX_DEPTH} levels`, this.#at)
    }
    const start = this.text.charCodeAt(this.#at)
    if (Number.isNaN(start)) throw new Stop('prefix', 'the text ends where a value is expected', this.#at)
    if (start === 0x7b) this.#object()
    else if (start === 0x5b) this.#array()
    else if (start === 0x22) this.#string()
    else if (start === 0x2d || (start >= 0x30 && start <= 0x39)) this.#number()
    else this.#word()
  }

  #object(): void {
    const keys = new Set<string>()
    this.#at++
    this.#space()
    if (this.#take(0x7d)) return
    for (;;) {
      if (this.#ended()) throw this.#cut()
      if (this.text.charCodeAt(this.#at) !== 0x22) throw this.#unexpected('where a key in double quotes is expected')
      const key = this.#string()
      this.#path.push(key)
      if (keys.has(key)) this.#fault('duplicate key')
      if (FORBIDDEN_KEYS.has(key)) this.#fault('this key is not allowed')
      keys.add(key)
      this.#space()
      this.#expect(0x3a, "':'")
      this.#space()
      this.#value()
      this.#path.pop()
      this.#space()
      if (this.#take(0x7d)) return
      this.#expect(0x2c, "',' or '}'")
      this.#space()
    }
  }

  #array(): void {
    this.#at++
    this.#space()
    if (this.#take(0x5d)) return
    for (let index = 0; ; index++) {
      this.#path.push(index)
      this.#value()
      this.#path.pop()
      this.#space()
      if (this.#take(0x5d)) return
      this.#expect(0x2c, "',' or ']'")
      this.#space()
    }
  }

  #string(): string {
    const start = this.#at++
    for (;;) {
      const code = this.text.charCodeAt(this.#at)
      if (Number.isNaN(code)) throw this.#cut()
      if (code < 0x20) throw this.#unexpected('inside a string (control characters must be escaped)')
      this.#at++
      if (code === 0x22) break
      if (code === 0x5c) this.#escape()
    }
    const value = JSON.parse(this.text.slice(start, this.#at)) as string
    if (!value.isWellFormed()) this.#fault('text with a lone surrogate')
    return value
  }

  #escape(): void {
    if (this.#ended()) throw this.#cut()
    const code = this.text[this.#at++]
    if (code !== 'u') {
      if (!'"\\/bfnrt'.includes(code)) throw this.#unexpected('in an escape', this.#at - 1)
      return
    }
    for (let digit = 0; digit < 4; digit++, this.#at++) {
      if (this.#ended()) throw this.#cut()
      if (!/[0-9a-fA-F]/.test(this.text[this.#at])) throw this.#unexpected('in a \\u escape')
    }
  }

  #number(): void {
    const match = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
    match.lastIndex = this.#at
    const token = match.exec(this.text)?.[0]
    const end = this.#at + (token?.length ?? 0)
    // A number that stops at the end of the text after `-`, `.`, `e` or a sign could go on.
    const rest = this.text.slice(end)
    if (token === undefined) {
      if (this.text.length === this.#at + 1) throw this.#cut()
      throw this.#unexpected('in a number', this.#at + 1)
    }
    if (/^(?:\.|[eE][+-]?)$/.test(rest)) throw this.#cut()
    this.#at = end
    const number = Number(token)
    if (!Number.isFinite(number)) this.#fault(`the number ${token} is too large`)
    else if (/^-?\d{16,}$/.test(token) && BigInt(number) !== BigInt(token))
      this.#fault(`the integer ${token} cannot be held exactly`)
  }

  #word(): void {
    for (const word of ['true', 'false', 'null']) {
      if (this.text.startsWith(word, this.#at)) {
        this.#at += word.length
        return
      }
      const rest = this.text.slice(this.#at)
      if (rest !== '' && rest.length < word.length && word.startsWith(rest)) throw this.#cut()
    }
    throw this.#unexpected('where a value is expected')
  }

  #space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at++
    }
  }

  #take(code: number): boolean {
    if (this.text.charCodeAt(this.#at) !== code) return false
    this.#at++
    return true
  }

  #expect(code: number, name: string): void {
    if (this.#ended()) throw this.#cut()
    if (!this.#take(code)) throw this.#unexpected(`where ${name} is expected`)
  }

  #ended(): boolean {
    return this.#at >= this.text.length
  }

  #cut(): Stop {
    return new Stop(
      'prefix',
      `the text ends before the value is complete, at position ${this.text.length}`,
      this.text.length,
    )
  }

  #unexpected(where: string, at = this.#at): Stop {
    const found = JSON.stringify(String.fromCodePoint(this.text.codePointAt(at) ?? 0xfffd))
    return new Stop('invalid', `unexpected ${found} ${where}, at position ${at}`, at)
  }

  #fault(message: string): void {
    this.faults.push({ pointer: pointerOf(this.#path), message })
  }
}

/** JSON pointer (RFC 6901) of a path. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map(part => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
