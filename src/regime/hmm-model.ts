/** What a hidden Markov model with diagonal Gaussian states is, and the rows it is fitted to. */

/** Rows of observations: row-major, `dims` values each; NaN is an absent value, which says nothing about the state. */
export interface Observations {
  values: Float64Array
  rows: number
  dims: number
}

export interface HiddenMarkovModel {
  states: number
  dims: number
  initial: Float64Array
  /** From state i to state j at `i * states + j`. */
  transition: Float64Array
  /** Of state i and dimension d at `i * dims + d`. */
  mean: Float64Array
  variance: Float64Array
}
