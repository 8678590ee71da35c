// Shapes of the data that all modules share, as global JSDoc types (this file has no code: nothing imports it).
// They mirror explorer/scene/model.py; `decode.js` makes them from the bytes of explorer/scene/encoding.py.

/**
 * Values of one buffer version. `kind` says how `data` is read; complex numbers are interleaved.
 * @typedef {{kind: "real" | "bool" | "complex", data: ArrayLike<number> | ArrayLike<bigint>, length: number}} Values
 *
 * Element numbers of a buffer version: consecutive from `first`, or one each.
 * @typedef {{first: number} | {data: ArrayLike<number>}} Elements
 *
 * `unwritten`: positions in the buffer whose value is no fact: memory that nothing was written to, or computed from it.
 * A cell of a grid is one if its position (cells.offset + Σ index · stride) is in the set.
 * @typedef {{frame: number, values: Values | null, elements: Elements, unwritten: Set<number>}} BufferVersion
 * @typedef {{length: number, versions: BufferVersion[]}} SceneBuffer
 * @typedef {{line: number, column: number, end_line: number, end_column: number}} Span
 * @typedef {{id: string, buffer: number, dtype: string, itemsize: number, length: number, nbytes: number,
 *   device: string, first_frame: number}} StripData
 * @typedef {{id: number, label: string, expression: string, kind: string, shape: number[], stride: number[],
 *   storage_offset: number, window: number[], buffer: number, cells: {offset: number, stride: number[]},
 *   strip: string, first_frame: number, dtype: string, device: string, itemsize: number, bytes_new: number,
 *   contiguous: boolean, requires_grad: boolean, complete_links: boolean, axes?: string[], first?: number[]}} GridData
 * @typedef {{op: string, kind: string, sentence: string, why: string, span: Span | null, results: number[],
 *   inputs: number[], names: [string, number][], callers?: Span[],
 *   where?: string, details?: string[], printed?: [number, number], relations?: number[], tables?: number[],
 *   stretched?: [number, number[]][], phase?: string, node?: number, plates?: PlateData[], rule?: string, mark?: string}} Frame
 * @typedef {{kind: string, message: string, hint: string, span: Span, operands: number[],
 *   dimensions: [number, number][], fixes: [string, string][], alignment?: string}} Failure
 * @typedef {{lens: string, title: string, source: string, output: string, buffers: SceneBuffer[],
 *   strips: StripData[], grids: GridData[], frames: Frame[], element_count: number, error: Failure | null,
 *   notes: string[], relations?: Relation[], tables?: TableData[], graph?: GraphData | null, charts?: ChartData[],
 *   opens_on?: number, subject?: string, layers?: LayersData | null, norms?: NormsData | null,
 *   recurrent?: RecurrentData | null}} Scene
 *
 * A layer that slides a window over its input, and the network that it stands in (explorer/scene/windows.py).
 * @typedef {{name: string, size: number, output: number, kernel: number, stride: number, dilation: number,
 *   padding: [number, number], output_padding: number, source: ArrayLike<number>, kinds: ArrayLike<number>,
 *   starts: ArrayLike<number>, positions: ArrayLike<number>, kernel_index: ArrayLike<number>, reads: ArrayLike<number>,
 *   formula: string, remark: string}} Reach
 * @typedef {{first: number[], count: number[], terms: ArrayLike<number> | null, partial: ArrayLike<number> | null,
 *   total: ArrayLike<number> | null, divisors: ArrayLike<number> | null, chosen: ArrayLike<number> | null,
 *   to_input: ArrayLike<number> | null, to_weight: ArrayLike<number> | null}} ProductsData
 * @typedef {{what: string, difference: number, largest: number, note: string}} CheckData
 * @typedef {{operation: "convolution" | "transposed" | "max" | "mean" | "power" | "unfold" | "fold", dims: Reach[],
 *   input: number, weight: number, bias: number, output: number, groups: number, channels: [number, number], item: number,
 *   channel: number, products: ProductsData, indices: number, input_gradient: number, weight_gradient: number,
 *   bias_gradient: number, output_gradient: number, checks: CheckData[], padding_mode: string, norm: string,
 *   flipped: number, columns: number, tables: number[], notes: string[]}} WindowsData
 * @typedef {{first: ArrayLike<number>, last: ArrayLike<number>, size: number, jump: number}} FieldData
 * @typedef {{label: string, layer: string, kind: "window" | "join" | "other", shape: number[], parameters: number,
 *   multiply_adds: number, nbytes: number, inputs: number[], span: Span | null, maps: number, scale: number[],
 *   fields: FieldData[], field: string}} LayerData
 * @typedef {{input: number, stops: LayerData[], opened: number, windows: WindowsData | null, input_scale: number[]}} LayersData
 *
 * Layers that normalise (explorer/scene/norms.py).
 * @typedef {{counts: ArrayLike<number>, mean: ArrayLike<number>, variance: ArrayLike<number>, unbiased: ArrayLike<number>,
 *   used_mean: ArrayLike<number> | null, used_variance: ArrayLike<number> | null, divisor: ArrayLike<number>}} GroupStatistics
 * @typedef {{output_gradient: number, upstream: number, input_gradient: number, weight_gradient: number, bias_gradient: number,
 *   mean: ArrayLike<number> | null, projection: ArrayLike<number> | null}} NormBackwardData
 * @typedef {{stop: number, kind: "batch" | "layer" | "instance" | "group" | "rms" | "response" | "weight" | "standard", label: string,
 *   layer: string, training: boolean, uses: "batch" | "running", eps: ArrayLike<number>, momentum: ArrayLike<number> | null, blocks: number[],
 *   input: number, output: number, statistics: GroupStatistics, neighbours: [number, number], affine: number[],
 *   response: ArrayLike<number> | null, squares: number,
 *   centred: number, normalised: number, scales: number, weight: number, bias: number, running_mean: number,
 *   running_var: number, next_mean: number, next_var: number, groups: string[], hidden: ArrayLike<number> | null,
 *   checks: CheckData[], backward: NormBackwardData | null, tables: number[], remarks: string[]}} NormData
 * @typedef {{label: string, layer: string, shape: number[], stride: number[], training: boolean, call: number, calls: number,
 *   same: number[], span: Span | null}} NormStopData
 * @typedef {{stops: NormStopData[], opened: NormData[]}} NormsData
 *
 * Recurrent layers (explorer/scene/recurrent.py); times are rows.
 * @typedef {"rnn_tanh" | "rnn_relu" | "lstm" | "gru"} CellKind
 * @typedef {{name: string, role: string, function: "sigmoid" | "tanh" | "relu", from_input: ArrayLike<number> | null,
 *   from_hidden: ArrayLike<number> | null, before: ArrayLike<number> | null, values: ArrayLike<number> | null}} GateData
 * @typedef {{name: string, role: string, units: number, values: ArrayLike<number> | null}} StateData
 * @typedef {{root: string, hidden: ArrayLike<number>, cell: ArrayLike<number> | null, unit_hidden: ArrayLike<number>,
 *   unit_cell: ArrayLike<number> | null, step: number}} TimeGradientData
 * @typedef {{cell: CellKind, layer: number, reverse: boolean, item: number, unit: number, steps: number, padded: number,
 *   hidden_size: number, input: number, weight_ih: number, weight_hh: number, names: string[], gates: GateData[],
 *   states: StateData[], first_hidden: number, first_cell: number, bias_ih: number, bias_hh: number, weight_hr: number,
 *   tokens: string[], retention: ArrayLike<number> | null, gradient: TimeGradientData | null,
 *   singular: ArrayLike<number>[]}} UnrolledData
 * @typedef {{name: string, part: "takes" | "returns" | "owns", axes: string[], shape: number[], meanings: string[],
 *   flipped: number[], blocks: string[], note: string, grid: number}} NamedShapeData
 * @typedef {{label: string, layer: string, cell: CellKind, steps: number, layers: number, directions: number, batch: number,
 *   lengths: number[], hidden_size: number, training: boolean, span: Span | null}} RecurrentStopData
 * @typedef {{stops: RecurrentStopData[], opened: number, shapes: NamedShapeData[], parameters: string,
 *   unrolled: UnrolledData | null, reason: string, checks: CheckData[], remarks: string[], tables: number[]}} RecurrentData
 *
 * The autograd graph (explorer/scene/graphs.py) and what the inspector shows at a frame.
 * @typedef {{frame: number, facts: [string, string][], value: number, grad: number, grad_reason: string}} TensorFacts
 * @typedef {{name: string, label: string, kind: "leaf" | "parameter" | "buffer" | "constant" | "operation" | "view" | "inplace" | "custom",
 *   shape: string, names: string[], span: Span | null, group: number, first_frame: number, runs: number[], phase: number,
 *   marks: string[], tone: "plain" | "warning" | "error", note: string, states: TensorFacts[]}} GraphNodeData
 * @typedef {{source: number, target: number, kind: "gradient" | "constant" | "cut", output: number, label: string,
 *   first_frame: number, flows: [number, string][], tone: "plain" | "warning" | "error", note: string}} GraphEdgeData
 * @typedef {{label: string, kind: "module" | "loop" | "pass" | "function", detail: string, parent: number, open: boolean}} GraphGroupData
 * @typedef {{nodes: GraphNodeData[], edges: GraphEdgeData[], groups: GraphGroupData[]}} GraphData
 * @typedef {{caption: string, grid: number, text: string, role: "value" | "gradient" | "saved"}} PlateData
 * @typedef {{title: string, kind: "bars" | "lines" | "histogram" | "points" | "bands", labels: string[],
 *   series: {name: string, values: ArrayLike<number>, positions: ArrayLike<number> | null}[],
 *   x: string, y: string, log: boolean, note: string, rows: string[]}} ChartData
 *
 * How the cells of a result come from those of the operands (explorer/scene/relations.py); cells count through windows.
 * @typedef {{grid: number, cells: ArrayLike<number>, role: "value" | "index" | "mask", axes: string[]}} RelationOperand
 * @typedef {{result: number, starts: ArrayLike<number>, operands: RelationOperand[], combination: string, sign: string,
 *   formula: string, letters: string[], terms: ArrayLike<number> | null, derivatives: ArrayLike<number> | null,
 *   dims: number[], complete: boolean}} Relation
 * @typedef {{title: string, header: string[], rows: string[][], marks: [number, number][], note: string,
 *   tone: "plain" | "warning" | "error", fixes: [string, string][]}} TableData
 *
 * A rectangle in CSS pixels, written into by the geometries so that painting allocates nothing.
 * @typedef {{x: number, y: number, w: number, h: number}} Rect
 *
 * A fill (as CSS, and as the bytes of a pixel) and the ink (black or white) that reads on it.
 * @typedef {{fill: string, ink: string, pixel: number}} Swatch
 *
 * Where the cells of a panel lie; `line` of them stand side by side without a break.
 * @typedef {{count: number, line: number, width: number, height: number, font: number,
 *   rect: (cell: number, out: Rect) => Rect, hit: (x: number, y: number) => number,
 *   move: (cell: number, key: string) => number}} Geometry
 *
 * Colours of the page, read from computed styles.
 * @typedef {{dark: boolean, background: string, surface: string, text: string, muted: string, border: string,
 *   accent: string, link: string, danger: string, mono: string, sans: string}} Theme
 *
 * @typedef {"element" | "value" | "none"} ColourMode
 *
 * One cell of one panel.
 * @typedef {{panel: import("./panel.js").CellPanel, cell: number}} Place
 *
 * What the caller of `mount` decides.
 * @typedef {{editable?: boolean, onRun?: (source: string) => void, links?: boolean, subject?: string, names?: string, casts?: string,
 *   charts?: boolean, study?: {Study: typeof import("./study.js").Study}, slide?: {Slide: typeof import("./slide.js").Slide},
 *   norm?: {NormStage: typeof import("./norm.js").NormStage}, recurrent?: {RecurrentStage: typeof import("./recurrent.js").RecurrentStage},
 *   onOptions?: (options: Record<string, number | boolean>) => void, onChange?: (change: Record<string, unknown>) => void,
 *   onScene?: (stage: import("./mount.js").Stage, passing: boolean) => void, onFrame?: () => void}} MountOptions
 * `subject`: what the first scene is a picture of. `names`: where the editor asks for what programs may use. `casts`: where to ask what casting a number gives.
 * `charts`: whether charts are shown as tables. `study`, `slide`, `norm`, `recurrent`: what stands around a graph, a sliding window, a normalisation, a recurrent layer; loaded when first needed.
 * `onOptions`: show the program through the lens with these options. `onChange`: change the program in this way.
 * `onScene`, `onFrame`: called when another one is drawn.
 */
