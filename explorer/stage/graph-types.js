// Shapes of the data that the modules of the graph share, as global JSDoc types (no code: nothing imports this file).

/**
 * Something that is drawn: a node, a folded group, the passes of a loop that are not shown, or a cut on an edge.
 * `number`: of the node, the group (of a gap: of its loop) or the edge. `parent`: the open group around it, or -1.
 * `nodes`: what it stands for, rising. `x`, `y`: its upper left corner, in the graph's own pixels.
 * @typedef {{id: string, kind: "node" | "group" | "gap" | "cut", number: number, parent: number, nodes: number[],
 *   x: number, y: number, w: number, h: number, words: GraphWords}} GraphItem
 *
 * What is written on an item, cut to fit; `full` is what a screen reader says.
 * @typedef {{title: string, name: string, aside: string, tag: string, marks: string[], note: string[], full: string}} GraphWords
 *
 * Edges that are drawn as one: from an item to an item. `slot` tells those apart that join the same two.
 * @typedef {{source: GraphItem, target: GraphItem, output: number, slot: number, edges: number[]}} GraphLink
 *
 * An open group: a frame around what is in it. `parent`: the group around it, or -1.
 * @typedef {{number: number, parent: number, x: number, y: number, w: number, h: number, title: string, aside: string}} GraphBox
 *
 * A stretch of links that share a source: x, y of points that it passes with upright tangents. `head`: it ends at
 * an item; `tail`: it begins at one.
 * @typedef {{links: number[], points: number[], head: GraphItem | null, tail: GraphItem | null, around: boolean}} GraphWire
 *
 * What is visible of a graph, before and after it has places.
 * @typedef {{items: GraphItem[], boxes: GraphBox[], links: GraphLink[]}} GraphVisible
 * @typedef {GraphVisible & {wires: GraphWire[], width: number, height: number}} GraphPicture
 */
