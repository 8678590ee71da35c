// What the editor offers while a word is written.

import { localCompletionSource, syntaxTree } from "./vendor/codemirror.js";
import { node } from "./dom.js";
import { parameterName, parametersOf } from "./names.js";
import { callAround, lastPath } from "./signature.js";

const KEYWORDS = "and as assert break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield True False None".split(" ");
const COMMON = new Set(("arange zeros ones full randn rand randint tensor linspace eye view reshape permute transpose t flatten squeeze unsqueeze expand sum mean max min argmax std softmax relu "
  + "matmul einsum cat stack split chunk gather scatter_ index_select masked_fill where clone contiguous detach item numpy to float long backward grad requires_grad requires_grad_ shape size stride dtype "
  + "numel exp log sqrt abs Linear Conv2d Module Sequential Parameter Embedding LayerNorm BatchNorm2d MaxPool2d ReLU CrossEntropyLoss MSELoss SGD Adam AdamW no_grad manual_seed parameters zero_grad step "
  + "cross_entropy mse_loss one_hot pad print range len").split(" "));
const MEMBER = /((?:[A-Za-z_]\w*|[)\]])(?:\.\w+)*)\.(\w*)$/;
const IMPORTED_NAME = /^\s*from\s+([\w.]+)\s+import\s+(?:[\w\s,]*,\s*)?(\w*)$/;
const IMPORTED_MODULE = /^\s*(?:from|import)\s+([\w.]*)$/;
const WORD = /[A-Za-z_]\w*$/;
const QUIET = /String|Comment|Number/;

/**
 * @param {import("./names.js").NameEntry} entry @param {number} [boost]
 * @returns {import("./vendor/codemirror.js").Completion}
 */
function option([name, signature, summary], boost = 0) {
  const info = signature || summary
    ? () => node("div", {}, signature && node("code", {}, `${name}${signature}`), summary && node("p", {}, summary))
    : undefined;
  const usual = COMMON.has(name) ? 8 : name.startsWith("_") ? -50 : name.endsWith("_") ? -5 : 0;
  return { label: name, detail: shortened(signature), info, boost: boost + usual };
}

/** @param {string} signature @returns {string} As much of it as fits beside the name. */
function shortened(signature) {
  const text = signature.replace(/ -> .*$/, "");
  return text.length > 36 ? `${text.slice(0, 34)}…)` : text;
}

/** @param {import("./names.js").NameEntry[]} entries @param {string} source @returns {import("./names.js").NameEntry[]} */
function withOwnAttributes(entries, source) {
  const own = new Set([...source.matchAll(/\bself\.(\w+)\s*=(?!=)/g)].map((match) => match[1]));
  return [...[...own].map((name) => /** @type {import("./names.js").NameEntry} */ ([name, "", ""])), ...entries.filter(([name]) => !own.has(name))];
}

/** @param {import("./vendor/codemirror.js").CompletionContext} context @returns {string} What stands in the line before the caret. */
function lineBefore({ state, pos }) {
  const line = state.doc.lineAt(pos);
  return line.text.slice(0, pos - line.from);
}

/**
 * @param {import("./vendor/codemirror.js").CompletionContext} context @param {import("./names.js").NameTable} names
 * @returns {import("./vendor/codemirror.js").CompletionResult | null} What follows a dot, or an import.
 */
function memberOptions(context, names) {
  const before = lineBefore(context);
  const source = context.state.doc.toString();
  const imported = IMPORTED_NAME.exec(before);
  if (imported) return { from: context.pos - imported[2].length, options: names.members(imported[1]).map((entry) => option(entry)), validFor: /^\w*$/ };
  const module = IMPORTED_MODULE.exec(before);
  if (module) return { from: context.pos - module[1].length, options: names.modules().map((name) => option([name, "", ""])), validFor: /^[\w.]*$/ };
  const member = MEMBER.exec(before);
  if (!member) return null;
  const owner = names.ownerOf(lastPath(member[1]).split("."), source);
  const entries = names.members(/^[)\]]/.test(member[1]) ? "Tensor" : owner);
  const offered = member[1] === "self" ? withOwnAttributes(entries, source) : entries;
  return { from: context.pos - member[2].length, options: offered.map((entry) => option(entry)), validFor: /^\w*$/ };
}

/**
 * @param {import("./vendor/codemirror.js").CompletionContext} context @param {import("./names.js").NameTable} names
 * @returns {import("./vendor/codemirror.js").Completion[]} Parameters of the call around, to be given by name.
 */
function keywordOptions(context, names) {
  const call = callAround(context.state, context.pos);
  const entry = call && names.entry(lastPath(call.callee), context.state.doc.toString());
  if (!entry) return [];
  const keywords = parametersOf(entry[1]).map(parameterName).filter((name) => name !== "" && name !== "self");
  return keywords.map((name) => ({ label: `${name}=`, detail: "argument", boost: 20 }));
}

/**
 * @param {import("./vendor/codemirror.js").CompletionContext} context @param {import("./names.js").NameTable} names
 * @returns {import("./vendor/codemirror.js").CompletionResult} Names that can begin an expression.
 */
function wordOptions(context, names) {
  const word = context.matchBefore(WORD);
  const imported = [...names.aliases(context.state.doc.toString())].map(([name, full]) => option([name, "", name === full ? "" : full], 5));
  const own = localCompletionSource(context)?.options ?? [];
  const known = new Set(own.map(({ label }) => label));
  const rest = [...imported, ...names.members("builtins").map((entry) => option(entry)), ...KEYWORDS.map((name) => option([name, "", ""], -5))];
  return {
    from: word?.from ?? context.pos, validFor: /^\w*$/,
    options: [...keywordOptions(context, names), ...own.map(({ label }) => ({ label, boost: 10 })), ...rest.filter(({ label }) => !known.has(label))],
  };
}

/**
 * @param {import("./vendor/codemirror.js").CompletionContext} context
 * @returns {boolean} Whether there is a word to complete.
 */
function asksForNames(context) {
  if (QUIET.test(syntaxTree(context.state).resolveInner(context.pos, -1).name)) return false;
  const before = lineBefore(context);
  return context.explicit || [WORD, MEMBER, IMPORTED_NAME, IMPORTED_MODULE].some((asking) => asking.test(before));
}

/**
 * @param {import("./names.js").NameTable} names
 * @returns {import("./vendor/codemirror.js").CompletionSource}
 */
export function completionSource(names) {
  return async (context) => {
    // before the names have come: an empty answer that comes late ends the question about what was typed since, too
    if (!asksForNames(context)) return null;
    await names.load();
    return memberOptions(context, names) ?? wordOptions(context, names);
  };
}
