// What the stage uses of dagre; everything else is left out of the bundle.
export { Graph, layout } from "@dagrejs/dagre";
