// How the editor looks: the stage's own colours and font, so that light and dark follow by themselves.

import { EditorView, tagHighlighter, tags } from "./vendor/codemirror.js";

/** The classes that the plain listing has too. */
export const editorColours = tagHighlighter([
  { tag: tags.comment, class: "te-comment" },
  { tag: [tags.string, tags.special(tags.string)], class: "te-string" },
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword, tags.bool, tags.null, tags.self], class: "te-keyword" },
  { tag: tags.number, class: "te-number" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], class: "te-definition" },
]);

const POPUP = {
  border: "1px solid var(--te-border-strong)", borderRadius: "10px", background: "var(--te-background)", color: "var(--te-text)",
  boxShadow: "0 6px 24px rgb(0 0 0 / 18%)", overflow: "hidden",
};

export const editorTheme = EditorView.theme({
  // smaller type makes telephones zoom in when the editor is touched
  "@media (hover: none)": { "&": { fontSize: "16px" } },
  "&": { color: "var(--te-text)", background: "var(--te-surface)", font: "13px/22px var(--te-mono)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit", overflow: "auto", maxHeight: "548px", minHeight: "152px", scrollbarWidth: "thin" },
  ".cm-content": { padding: "10px 0", minHeight: "132px", tabSize: "4", caretColor: "var(--te-text)" },
  ".cm-line": { padding: "0 24px 0 6px" },
  ".cm-gutters": { background: "var(--te-surface)", color: "var(--te-muted)", border: "0" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 6px 0 0", minWidth: "40px", fontSize: "11.5px", lineHeight: "22px" },
  ".cm-placeholder": { color: "var(--te-muted)" },
  "& ::selection": { background: "color-mix(in srgb, var(--te-accent) 30%, transparent)" },
  "&.cm-focused .cm-matchingBracket": { background: "none", boxShadow: "inset 0 0 0 1px var(--te-border-strong)", borderRadius: "3px" },
  "&.cm-focused .cm-nonmatchingBracket": { background: "none", color: "var(--te-danger)" },
  ".cm-tooltip": POPUP,
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--te-mono)", fontSize: "13px", maxHeight: "15.5em", maxWidth: "min(560px, 84cqw)", minWidth: "220px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { display: "flex", gap: "1.5em", justifyContent: "space-between", padding: "2px 10px", lineHeight: "22px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--te-accent)", color: "var(--te-on-accent)" },
  ".cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { color: "var(--te-muted)", fontStyle: "normal", marginLeft: "0", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  ".cm-tooltip.cm-completionInfo": { ...POPUP, padding: "8px 12px", maxWidth: "340px", font: "12.5px/1.5 var(--st-font, system-ui, sans-serif)", whiteSpace: "normal" },
});
