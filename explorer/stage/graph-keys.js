// Keys of the graph, while it has the focus.

/**
 * @param {import("./graph.js").GraphView} view @param {KeyboardEvent} event
 */
export function graphKey(view, event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target !== view.field.element) return;
  if (!act(view, event)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** @param {import("./graph.js").GraphView} view @param {KeyboardEvent} event @returns {boolean} Whether the key meant something here. */
function act(view, event) {
  const { screen, field } = view;
  if (!screen) return false;
  const item = view.focused;
  switch (event.key) {
    case "+": case "=": field.zoomStep(1); return true;
    case "-": field.zoomStep(-1); return true;
    case "0": field.fit(); return true;
    case "/": view.bar.focusSearch(); return true;
    case "Enter":
      if (item) view.use(item);
      return item !== null;
    case "j": case "J":
      if (item) view.jump(item);
      return item !== null;
    case "c": case "C":
      if (item) foldAround(view, item);
      return item !== null;
    case "Escape": return leaveSelection(view);
    default: return !event.shiftKey && walk(view, event.key);
  }
}

/** @param {import("./graph.js").GraphView} view @param {GraphItem} item Its group is folded, and gets the focus. */
function foldAround(view, item) {
  const box = view.screen?.picture.boxes.find(({ number }) => number === item.parent);
  if (!box) return;
  view.refold(() => view.folding.toggle(box.number, false), box);
  view.focused = view.screen?.picture.items.find(({ id }) => id === `group ${box.number}`) ?? null;
}

/** @param {import("./graph.js").GraphView} view @returns {boolean} */
function leaveSelection(view) {
  view.tip.hide();
  if (view.marks.selected === null) return false;
  view.choose(null);
  return true;
}

/** @param {import("./graph.js").GraphView} view @param {string} key @returns {boolean} */
function walk(view, key) {
  const { screen } = view;
  if (!screen || !/^Arrow(Up|Down|Left|Right)$/.test(key)) return false;
  const chosen = view.marks.selected === null ? undefined : screen.moments.itemOf.get(view.marks.selected);
  const from = view.focused ?? chosen;
  const next = from ? screen.walk.step(from, key) : (screen.moments.current ?? screen.walk.first);
  if (next) view.focusItem(next);
  return true;
}
