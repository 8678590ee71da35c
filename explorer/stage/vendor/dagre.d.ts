// Types of what the stage uses of dagre; the real ones come with its package, which is needed only to rebuild it.

export type LayoutPoint = { x: number; y: number };
export type LayoutNode = { width: number; height: number; rank: number; x?: number; y?: number };
export type LayoutEdge = { labelpos?: string; weight?: number; points?: LayoutPoint[] };
export type LayoutEdgeKey = { v: string; w: string; name?: string };
export interface LayoutGraph {
  setGraph(label: { nodesep: number; edgesep: number; ranksep: number; ranker: (graph: LayoutGraph) => void }): LayoutGraph;
  graph(): { width: number; height: number };
  setNode(name: string, label: LayoutNode): LayoutGraph;
  setEdge(v: string, w: string, label: LayoutEdge, name: string): LayoutGraph;
  node(name: string): LayoutNode;
  edge(edge: LayoutEdgeKey): LayoutEdge;
  nodes(): string[];
  edges(): LayoutEdgeKey[];
}
export const dagre: {
  Graph: new (options: { multigraph: boolean }) => LayoutGraph;
  layout(graph: LayoutGraph, options: { useDynamic: boolean; constraints: { left: string; right: string }[] }): void;
};
