/** Graphs of lineage: typed nodes, edges from what is made to what it is made of, and their texts. Pure. */

import { compareText } from './order.ts'

export type NodeKind = 'alias' | 'artifact' | 'dataset' | 'experiment' | 'pin' | 'resolution' | 'run' | 'runset'

export interface LineageNode {
  /** `<kind>:<name>`. */
  id: string
  kind: NodeKind
  label: string
}

/** `from` depends on `to`. */
export interface LineageEdge {
  from: string
  to: string
}

export interface Lineage {
  start: string
  nodes: LineageNode[]
  edges: LineageEdge[]
  /** True where more nodes than the limit belong to it. */
  truncated: boolean
}

/** The graph as a Mermaid flow chart. */
export function mermaidOf({ nodes, edges }: Lineage): string {
  const index = new Map(nodes.map(({ id }, i) => [id, `n${i}`]))
  const lines = nodes.map(({ id, kind, label }) => `  ${index.get(id)}["${kind}: ${label.replaceAll('"', '#quot;')}"]`)
  return ['flowchart LR', ...lines, ...edges.map(({ from, to }) => `  ${index.get(from)} --> ${index.get(to)}`)].join(
    '\n',
  )
}

/** The graph in the language of Graphviz. */
export function dotOf({ nodes, edges }: Lineage): string {
  const text = (value: string) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  const lines = nodes.map(({ id, kind, label }) => `  ${text(id)} [label=${text(`${kind}: ${label}`)}];`)
  return [
    'digraph lineage {',
    '  rankdir=LR;',
    ...lines,
    ...edges.map(({ from, to }) => `  ${text(from)} -> ${text(to)};`),
    '}',
  ].join('\n')
}

/** Kind and name of a node's id. */
export function splitId(id: string): [NodeKind, string] {
  const cut = id.indexOf(':')
  return [id.slice(0, cut) as NodeKind, id.slice(cut + 1)]
}

/** Nodes and edges once each, up to a limit. */
export class Graph {
  readonly #nodes = new Map<string, LineageNode>()
  readonly #edges = new Map<string, LineageEdge>()
  readonly #limit: number
  #truncated = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** False where the limit keeps the node out. */
  node(id: string): boolean {
    if (this.#nodes.has(id)) return true
    if (this.#nodes.size >= this.#limit) {
      this.#truncated = true
      return false
    }
    const [kind, name] = splitId(id)
    this.#nodes.set(id, { id, kind, label: /^[0-9a-f]{64}$/.test(name) ? name.slice(0, 8) : name })
    return true
  }

  edge(edge: LineageEdge): void {
    this.#edges.set(`${edge.from} ${edge.to}`, edge)
  }

  result(start: string): Lineage {
    const nodes = [...this.#nodes.values()].sort((a, b) => compareText(a.id, b.id))
    const edges = [...this.#edges.values()].sort((a, b) => compareText(a.from, b.from) || compareText(a.to, b.to))
    return { start, nodes, edges, truncated: this.#truncated }
  }
}
