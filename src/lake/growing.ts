/** Columns that grow while a file is read: numbers in a doubling Float64Array, symbols as positions in a list of names. */

/** Numbers of unknown count. */
export class Numbers {
  #cells = new Float64Array(1024)
  #count = 0

  push(value: number): void {
    if (this.#count === this.#cells.length) {
      const larger = new Float64Array(this.#count * 2)
      larger.set(this.#cells)
      this.#cells = larger
    }
    this.#cells[this.#count++] = value
  }

  /** The numbers as a view on the memory they grew in. */
  done(): Float64Array {
    return this.#cells.subarray(0, this.#count)
  }
}

/** Symbols row by row; each name is kept once. */
export class SymbolNames {
  readonly #names: string[] = []
  readonly #positions = new Map<string, number>()
  readonly #index = new Numbers()

  push(name: string): void {
    let position = this.#positions.get(name)
    if (position === undefined) {
      position = this.#names.push(name) - 1
      this.#positions.set(name, position)
    }
    this.#index.push(position)
  }

  done(): { names: string[]; index: Float64Array } {
    return { names: this.#names, index: this.#index.done() }
  }
}
