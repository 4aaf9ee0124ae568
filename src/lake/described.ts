/** What a caller says of a dataset → the part of its manifest that does not depend on the kind of data. */

import { isoInstant } from '../market/calendar.ts'
import type { RegisterParams } from './draft.ts'
import type { Manifest } from './manifest.ts'

type Described = Pick<
  Manifest,
  | 'schema_version'
  | 'dataset_id'
  | 'kind'
  | 'family'
  | 'schema_version_data'
  | 'created_at'
  | 'materialised'
  | 'provenance'
>

/** Head of the manifest of a dataset that holds data; `source` is where they come from, `now` epoch ms. */
export function described(params: RegisterParams, kind: string, source: string, now: number): Described {
  return {
    schema_version: '1.0',
    dataset_id: params.id,
    kind,
    family: params.family ?? null,
    schema_version_data: params.schema_version ?? '1.0',
    created_at: isoInstant(now),
    materialised: true,
    provenance: {
      source: params.source ?? source,
      extracted_at: params.extracted_at ?? isoInstant(now),
      license: params.license ?? null,
      attribution: params.attribution ?? null,
      file: null,
    },
  }
}
