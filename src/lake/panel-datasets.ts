/** The lake's door for registering panels: a folder of long tables, one long file, or generated tables, checked and kept. */

import { identity, refuseOtherContent } from './draft.ts'
import type { Manifest } from './manifest.ts'
import {
  draftOfPanel,
  isPanel,
  type PanelDraft,
  type PanelManifest,
  type PanelParams,
  panelDraft,
} from './panel-draft.ts'
import type { PanelInput } from './panel-files.ts'
import { publishDataset } from './publication.ts'

export type { PanelParams } from './panel-draft.ts'

export interface RegisteredPanel {
  status: 'registered' | 'unchanged'
  manifest: PanelManifest
  warnings: string[]
}

/**
 * Register a panel from `path` (absolute). Same id and same content is `unchanged`, other content CONFLICT. INVALID_CONFIG for
 * bad parameters, DATA_ERROR for bad data, each with all faults. `now` is epoch ms.
 */
export async function registerPanel(
  root: string,
  params: PanelParams & { path: string },
  { now }: { now: number },
): Promise<RegisteredPanel> {
  return published(root, await panelDraft(params, params.path, now), params)
}

/** Register tables that were generated, by the rules of those that are read. */
export function registerPanelTables(
  root: string,
  params: PanelParams,
  input: PanelInput,
  { now }: { now: number },
): RegisteredPanel {
  return published(root, draftOfPanel(params, input, now), params)
}

function published(root: string, draft: PanelDraft, params: PanelParams): RegisteredPanel {
  refuseOtherContent(draft.manifest, params)
  const facts = (manifest: Manifest) => ({
    ...identity(manifest, params),
    funding_label: isPanel(manifest) ? manifest.panel.funding_label : null,
  })
  const { status, manifest } = publishDataset(root, { ...draft, identity: facts })
  return { status, manifest, warnings: draft.warnings }
}
