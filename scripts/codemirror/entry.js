// What the stage uses of CodeMirror; everything else is left out of the bundle.
export { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionStatus, selectedCompletion } from "@codemirror/autocomplete";
export { defaultKeymap, history, historyField, historyKeymap, indentLess, indentMore, isolateHistory } from "@codemirror/commands";
export { localCompletionSource, pythonLanguage } from "@codemirror/lang-python";
export { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting, syntaxTree } from "@codemirror/language";
export { ChangeSet, EditorState, Prec, StateEffect, StateField, Transaction } from "@codemirror/state";
export { Decoration, EditorView, keymap, lineNumbers, placeholder, showTooltip, tooltips, WidgetType } from "@codemirror/view";
export { tagHighlighter, tags } from "@lezer/highlight";
