/** A sample of numbers, as the statistics take it. */

/** Observations in order; read only. */
export type Sample = Float64Array | readonly number[]
