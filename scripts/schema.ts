/** A JSON Schema as the generator reads it. */

export type Schema = Record<string, unknown> & {
  title?: string
  $defs?: Record<string, Schema>
  properties?: Record<string, Schema>
}
