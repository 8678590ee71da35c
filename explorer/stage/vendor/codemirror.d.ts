// Types of what the stage uses of CodeMirror; the real ones come with its packages, which are needed only to rebuild it.

export type Extension = unknown;
export type Change = { from: number; to?: number; insert?: string };
export type Transaction = { state: EditorState; docChanged: boolean; changes: ChangeSet; selection?: unknown; effects: readonly StateEffect<any>[]; isUserEvent(event: string): boolean };
export type TransactionSpec = { changes?: Change | Change[] | ChangeSet; effects?: unknown; annotations?: unknown; userEvent?: string };
export type StateEffect<T> = { value: T; is<U>(type: StateEffectType<U>): this is StateEffect<U> };
export type StateEffectType<T> = { of(value: T): StateEffect<T> };
export type StateField<T> = { readonly brand: T };
export type SyntaxNode = { name: string; from: number; to: number; parent: SyntaxNode | null; getChildren(name: string): SyntaxNode[] };
export type Line = { from: number; to: number; number: number; text: string };
export type Text = { length: number; lines: number; lineAt(position: number): Line; line(number: number): Line; toString(): string };
export type Range = { head: number; empty: boolean };
export type DecorationRange = { readonly decoration: unknown };
export type DecorationSet = { map(changes: ChangeSet): DecorationSet };
export type Tooltip = { pos: number; above?: boolean; create: (view: EditorView) => { dom: HTMLElement } };
export type KeyBinding = { key?: string; run?: (view: EditorView) => boolean; shift?: (view: EditorView) => boolean };
export type Completion = { label: string; detail?: string; boost?: number; info?: () => HTMLElement };
export type CompletionResult = { from: number; options: Completion[]; validFor?: RegExp };
export type CompletionContext = { state: EditorState; pos: number; explicit: boolean; matchBefore(pattern: RegExp): { from: number; text: string } | null };
export type CompletionSource = (context: CompletionContext) => CompletionResult | null | Promise<CompletionResult | null>;
export type Tag = { readonly brand: "tag" };
type TagModifier = (tag: Tag) => Tag;

export class EditorState {
  static create(config: { doc: string; extensions: Extension[] }): EditorState;
  static fromJSON(json: object, config: { extensions: Extension[] }, fields: Record<string, StateField<unknown>>): EditorState;
  toJSON(fields: Record<string, StateField<unknown>>): object;
  readonly doc: Text;
  readonly selection: { main: Range };
  field<T>(field: StateField<T>): T;
  sliceDoc(from: number, to: number): string;
  replaceSelection(text: string): TransactionSpec;
}
export class ChangeSet {
  static of(changes: Change[], length: number): ChangeSet;
  static empty(length: number): ChangeSet;
  compose(other: ChangeSet): ChangeSet;
  map(other: ChangeSet, before?: boolean): ChangeSet;
  mapPos(position: number, side?: number): number;
  touchesRange(from: number, to?: number): boolean | "cover";
  iterChangedRanges(visit: (fromA: number, toA: number, fromB: number, toB: number) => void): void;
}
export class EditorView {
  constructor(config: { parent: HTMLElement; root: Document | ShadowRoot; state: EditorState });
  static theme(rules: Record<string, object>): Extension;
  static decorations: { from(field: StateField<DecorationSet>): Extension };
  static contentAttributes: { of(attributes: Record<string, string>): Extension };
  static updateListener: { of(listener: (update: { docChanged: boolean; changes: ChangeSet; transactions: readonly Transaction[]; view: EditorView }) => void): Extension };
  static domEventHandlers(handlers: { [name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[name], view: EditorView) => boolean | void }): Extension;
  readonly state: EditorState;
  readonly dom: HTMLElement;
  readonly scrollDOM: HTMLElement;
  readonly hasFocus: boolean;
  readonly documentPadding: { top: number; bottom: number };
  dispatch(...specs: TransactionSpec[]): void;
  requestMeasure<T>(request: { key?: unknown; read(view: EditorView): T; write?(measured: T, view: EditorView): void }): void;
  lineBlockAt(position: number): { top: number; bottom: number };
  setTabFocusMode(to?: boolean | number): void;
  focus(): void;
  destroy(): void;
}
export class WidgetType {
  eq(other: WidgetType): boolean;
  toDOM(): HTMLElement;
  ignoreEvent(): boolean;
}
export const Decoration: {
  none: DecorationSet;
  mark(spec: { class: string }): { range(from: number, to: number): DecorationRange };
  line(spec: { class?: string; attributes?: Record<string, string> }): { range(from: number): DecorationRange };
  widget(spec: { widget: WidgetType; block: boolean; side: number }): { range(from: number): DecorationRange };
  set(ranges: DecorationRange[], sort: boolean): DecorationSet;
};
export const StateEffect: { define<T>(): StateEffectType<T> };
export const StateField: {
  define<T>(config: { create(state: EditorState): T; update(value: T, transaction: Transaction): T; provide?(field: StateField<T>): Extension }): Extension & StateField<T>;
};
export const Transaction: { addToHistory: { of(value: boolean): unknown } };
export const Prec: { highest(extension: Extension): Extension };
export const isolateHistory: { of(value: "full"): unknown };
export const keymap: { of(bindings: readonly KeyBinding[]): Extension };
export const indentUnit: { of(unit: string): Extension };
export const showTooltip: { from<T>(field: StateField<T>, get: (value: T) => Tooltip | null): Extension };
export const tags: Record<"comment" | "string" | "keyword" | "operatorKeyword" | "controlKeyword" | "definitionKeyword" | "moduleKeyword" | "bool" | "null" | "self" | "number" | "variableName" | "className", Tag> &
  Record<"special" | "function" | "definition", TagModifier>;
export const historyField: StateField<unknown>;
export const closeBracketsKeymap: readonly KeyBinding[], defaultKeymap: readonly KeyBinding[], historyKeymap: readonly KeyBinding[];
export const pythonLanguage: Extension;
export const localCompletionSource: (context: CompletionContext) => CompletionResult | null;
export function acceptCompletion(view: EditorView): boolean;
export function autocompletion(config: { override: CompletionSource[]; icons: boolean; maxRenderedOptions: number }): Extension;
export function bracketMatching(): Extension;
export function closeBrackets(): Extension;
export function closeCompletion(view: EditorView): boolean;
export function completionStatus(state: EditorState): null | "active" | "pending";
export function history(): Extension;
export function indentLess(view: EditorView): boolean;
export function indentMore(view: EditorView): boolean;
export function indentOnInput(): Extension;
export function lineNumbers(): Extension;
export function placeholder(text: string): Extension;
export function selectedCompletion(state: EditorState): Completion | null;
export function syntaxHighlighting(highlighter: unknown): Extension;
export function syntaxTree(state: EditorState): { resolveInner(position: number, side: -1 | 0 | 1): SyntaxNode };
export function tagHighlighter(rules: { tag: Tag | Tag[]; class: string }[]): unknown;
export function tooltips(config: { parent: HTMLElement }): Extension;
