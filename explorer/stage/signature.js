// The signature of the call that is being written, above it, with the argument that is next in bold.

import { EditorView, showTooltip, StateEffect, StateField, syntaxTree } from "./vendor/codemirror.js";
import { node } from "./dom.js";
import { parameterName, parametersOf } from "./names.js";

/**
 * A call around the cursor: where it begins, what is called, how many arguments are before the cursor, and the name
 * of the one that is given by name.
 * @typedef {{from: number, callee: string, position: number, keyword: string}} CallPlace
 * @typedef {{place: CallPlace, tooltip: import("./vendor/codemirror.js").Tooltip | null}} CallHelp
 */

/**
 * @param {import("./vendor/codemirror.js").EditorState} state @param {number} position
 * @returns {CallPlace | null} The innermost call whose brackets are around a position.
 */
export function callAround(state, position) {
  /** @type {import("./vendor/codemirror.js").SyntaxNode | null} */
  let at = syntaxTree(state).resolveInner(position, -1);
  for (; at; at = at.parent) {
    const call = at.parent;
    if (at.name !== "ArgList" || call?.name !== "CallExpression" || at.from >= position) continue;
    const closed = state.sliceDoc(at.to - 1, at.to) === ")" && at.to - at.from > 1;
    if (closed && position >= at.to) continue;
    const callee = state.sliceDoc(call.from, at.from);
    if (!/^[\w.]+$/.test(callee) && !callee.includes(".")) return null;
    const before = at.getChildren(",").filter((comma) => comma.from < position);
    const from = before.length ? before[before.length - 1].to : at.from + 1;
    const keyword = /^\s*(\w+)\s*=(?!=)/.exec(state.sliceDoc(from, position))?.[1] ?? "";
    return { from: call.from, callee, position: before.length, keyword };
  }
  return null;
}

/** @param {string} callee @returns {string} Its last dotted names; a call or an index before them stands for a tensor. */
export function lastPath(callee) {
  const path = /[\w.]*$/.exec(callee)?.[0] ?? "";
  return path.startsWith(".") ? `tensor${path}` : path;
}

/** @type {import("./vendor/codemirror.js").StateEffectType<null>} */
const hideHelp = StateEffect.define();

/** The names have come: what was written before could not be looked up. @type {import("./vendor/codemirror.js").StateEffectType<null>} */
export const namesCame = StateEffect.define();

/**
 * @param {import("./vendor/codemirror.js").EditorState} state @param {import("./names.js").NameTable} names
 * @returns {CallHelp | null}
 */
function helpAt(state, names) {
  const { main } = state.selection;
  const place = main.empty ? callAround(state, main.head) : null;
  if (!place) return null;
  const entry = names.entry(lastPath(place.callee), state.doc.toString());
  if (!entry || entry[1] === "") return { place, tooltip: null };
  return { place, tooltip: { pos: place.from, above: true, create: () => ({ dom: helpBox(entry, place) }) } };
}

/** @param {import("./names.js").NameEntry} entry @param {CallPlace} place @returns {HTMLElement} */
function helpBox([name, signature, summary], place) {
  const parameters = parametersOf(signature);
  const named = parameters.findIndex((parameter) => parameterName(parameter) === place.keyword);
  const positional = parameters.filter((parameter) => parameter !== "*" && parameter !== "/");
  const starred = positional.findIndex((parameter) => parameter.startsWith("*"));
  const next = place.keyword ? parameters[named] : positional[starred >= 0 ? Math.min(place.position, starred) : place.position];
  const shown = parameters.flatMap((parameter, i) => [i ? ", " : "", parameter === next ? node("b", {}, parameter) : parameter]);
  return node("div", { class: "te-signature", "data-testid": "signature" },
    node("code", {}, `${name}(`, ...shown, ")"), summary && node("span", { class: "te-muted" }, summary));
}

/**
 * @param {import("./names.js").NameTable} names
 * @returns {import("./vendor/codemirror.js").Extension}
 */
export function signatureHelp(names) {
  const field = StateField.define({
    create: () => /** @type {CallHelp | null} */ (null),
    update: (help, transaction) => {
      if (transaction.effects.some((effect) => effect.is(hideHelp))) return null;
      if (transaction.effects.some((effect) => effect.is(namesCame))) return help && helpAt(transaction.state, names);
      if (transaction.isUserEvent("input") || transaction.isUserEvent("delete")) return helpAt(transaction.state, names);
      if (transaction.docChanged) return null;
      if (!help || !transaction.selection) return help;
      const now = helpAt(transaction.state, names);
      return now?.place.from === help.place.from ? now : null;
    },
    provide: (own) => showTooltip.from(own, (help) => help?.tooltip ?? null),
  });
  /** @param {EditorView} view */
  const hide = (view) => {
    if (view.state.field(field)) view.dispatch({ effects: hideHelp.of(null) });
  };
  return [field, EditorView.domEventHandlers({
    blur: (_, view) => hide(view),
    keydown: (event, view) => { if (event.key === "Escape") hide(view); },
  })];
}
